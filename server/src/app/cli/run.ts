import { parseArgs } from 'node:util';
import { formatFaults } from '../../config/print.ts';
import { resolvePublicUrl } from '../../config/server.ts';
import { readSources } from '../../config/sources.ts';
import { migrate } from '../../db/migrate.ts';
import { compose } from '../compose.ts';
import { type AppConfig, loadAppConfig } from '../config.ts';
import { openPorts } from '../ports.ts';
import { type Command, type CommandInput, ConfigRefused, type Output, UsageError, type World } from './command.ts';
import { commands } from './commands/index.ts';
import { describeFailure } from './failure.ts';
import { helpText } from './help.ts';

export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  readStdin(): Promise<string>;
}

/** Exit codes: 0 done, 1 refused or failed, 2 called the wrong way. */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  const json = args.includes('--json');
  try {
    const output = await dispatch(args, terminal);
    terminal.out(json ? `${JSON.stringify(output.json, undefined, 2)}\n` : withLineBreak(output.text));
    return 0;
  } catch (error) {
    const failure = describeFailure(error);
    terminal.err(json ? `${JSON.stringify(failure.json)}\n` : withLineBreak(failure.text));
    return error instanceof UsageError ? 2 : 1;
  }
}

async function dispatch(args: readonly string[], terminal: Terminal): Promise<Output> {
  if (args.length === 0 || args[0] === 'help' || args.includes('--help')) return helpText(commands);
  const command = commands.find(({ words }) => words.every((word, place) => args[place] === word));
  if (command === undefined)
    throw new UsageError(`there is no command "${args.slice(0, 2).join(' ')}"; see keyward help`);
  const input = inputOf(command, args.slice(command.words.length), terminal);
  if (command.needs === 'nothing') return command.run(input);
  const config = readConfig(terminal);
  return command.needs === 'config'
    ? command.run(input, config)
    : inWorld(config, (world) => command.run(input, world));
}

function inputOf(command: Command, args: readonly string[], terminal: Terminal): CommandInput {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean' }, ...command.options },
    });
    const stdin = async () => (await terminal.readStdin()).replace(/\r?\n$/, '');
    return { arguments: positionals, options: values as CommandInput['options'], stdin };
  } catch (error) {
    throw new UsageError(`${(error as Error).message} (usage: keyward ${command.words.join(' ')} ${command.usage})`);
  }
}

function readConfig(terminal: Terminal): AppConfig {
  const loaded = loadAppConfig(readSources());
  for (const warning of loaded.warnings) terminal.err(`warning: ${warning}\n`);
  if (!loaded.ok) throw new ConfigRefused(formatFaults(loaded.faults));
  return loaded;
}

async function inWorld(config: AppConfig, work: (world: World) => Promise<Output>): Promise<Output> {
  const ports = openPorts(config.values);
  try {
    await migrate(ports.db, ports.clock.now());
    const features = await compose(ports, config.values, resolvePublicUrl(config.values.server));
    return await work({ config, ports, features });
  } finally {
    await ports.db.close();
  }
}

const withLineBreak = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);
