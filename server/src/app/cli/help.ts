import { version } from '../version.ts';
import { type Command, type Output, tableText } from './command.ts';

/** `keyward help`. */
export function helpText(commands: readonly Command[]): Output {
  const rows = commands.map(({ words, usage, summary }) => [`  ${[...words, usage].join(' ').trim()}`, summary]);
  const [, ...lines] = tableText(['', ''], rows).split('\n');
  return {
    text: `Keyward ${version}\n\nusage: keyward <command> [--json]\n\n${lines.join('\n')}\n\nPasswords are read from standard input, never from arguments.\n`,
    json: commands.map(({ words, usage, summary }) => ({ command: words.join(' '), usage, summary })),
  };
}
