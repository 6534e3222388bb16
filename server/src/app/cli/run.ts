import cluster from 'node:cluster';
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { formatFaults } from '../../config/print.ts';
import { resolvePublicUrl } from '../../config/server.ts';
import type { Sources } from '../../config/sources.ts';
import { migrate } from '../../db/migrate.ts';
import { compose } from '../compose.ts';
import { type AppConfig, loadAppConfig } from '../config.ts';
import { openPorts } from '../ports.ts';
import { type Command, type CommandInput, ConfigRefused, type Output, UsageError, type World } from './command.ts';
import { serveCommand } from './commands/serve.ts';
import { describeFailure } from './failure.ts';

export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** @param prompt is shown where somebody types */
  readStdin(prompt: string): Promise<string>;
  /** Where the configuration is read from. */
  sources(): Sources;
}

/** Exit codes: 0 done; 1 refused, failed, or bad news; 2 called the wrong way. */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<number> {
  const json = args.includes('--json');
  try {
    const output = await dispatch(args, terminal);
    if (!json) terminal.out(withLineBreak(output.text));
    else if (output.json !== undefined) terminal.out(`${JSON.stringify(output.json, undefined, 2)}\n`);
    return output.failed === true ? 1 : 0;
  } catch (error) {
    const failure = describeFailure(error);
    terminal.err(json ? `${JSON.stringify(failure.json)}\n` : withLineBreak(failure.text));
    return error instanceof UsageError ? 2 : 1;
  }
}

async function dispatch(args: readonly string[], terminal: Terminal): Promise<Output> {
  if (args.length === 0 || args[0] === 'help' || args.includes('--help') || args.includes('-h'))
    return (await import('./help.ts')).helpText(await allCommands());
  const command = await commandFor(args);
  if (command === undefined)
    throw new UsageError(`there is no command "${args.slice(0, 2).join(' ')}"; see keyward help`);
  try {
    return await runCommand(command, inputOf(command, args.slice(command.words.length), terminal), terminal);
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`${error.message}\n${usageOf(command)}`) : error;
  }
}

const allCommands = async (): Promise<readonly Command[]> => (await import('./commands/index.ts')).commands;

/** A server loads no other command: it is to be ready soon, and stays in memory. */
async function commandFor(args: readonly string[]): Promise<Command | undefined> {
  const [first] = args;
  if (first === 'serve') return serveCommand;
  const named = first === '--version' ? ['version'] : args;
  return (await allCommands()).find(({ words }) => words.every((word, place) => named[place] === word));
}

async function runCommand(command: Command, input: CommandInput, terminal: Terminal): Promise<Output> {
  if (command.needs === 'nothing') return command.run(input);
  if (command.needs === 'world without argument' && input.arguments.length > 0) return command.run(input, undefined);
  const config = readConfig(terminal);
  return command.needs === 'config'
    ? command.run(input, config)
    : inWorld(config, terminal, (world) => command.run(input, world));
}

const usageOf = ({ words, usage }: Command): string => `usage: ${['keyward', ...words, usage].join(' ').trim()}`;

function inputOf({ options, takes = 0 }: Command, args: readonly string[], terminal: Terminal): CommandInput {
  const { values, positionals } = parsed(args, options, takes);
  const tooMuch = positionals[takes];
  if (tooMuch !== undefined) throw new UsageError(`"${tooMuch}" is one argument too many`);
  return {
    arguments: positionals,
    options: values as CommandInput['options'],
    stdin: async (prompt) => (await terminal.readStdin(prompt)).replace(/\r?\n$/, ''),
    say: ({ text, json }) => terminal.out(values.json === true ? `${JSON.stringify(json)}\n` : withLineBreak(text)),
    write: (text) => terminal.out(text),
    progress: (line) => terminal.err(withLineBreak(line)),
  };
}

/** Of a mail, a session (22 characters) or a signing key (43), where it begins with a dash. */
const dashedId = /^-[A-Za-z0-9_](?:[\w-]{20}|[\w-]{41})$/;

/** Such an id is no option, unless it stands where an option's value may stand. */
function idsLast(args: readonly string[]): string[] {
  const isId = (it: string, place: number): boolean => dashedId.test(it) && args[place - 1]?.startsWith('--') !== true;
  const ids = args.filter(isId);
  return ids.length === 0 ? [...args] : [...args.filter((it, place) => !isId(it, place)), '--', ...ids];
}

function parsed(args: readonly string[], options: ParseArgsOptionsConfig = {}, takes: number) {
  try {
    return parseArgs({
      args: idsLast(args),
      allowPositionals: true,
      options: { json: { type: 'boolean' }, ...options },
    });
  } catch (error) {
    const [said = ''] = (error as Error).message.split(/\.?(?:\s*\n| To specify )/);
    const hint = takes > 0 && said.startsWith('Unknown option') ? '; what is no option goes behind --' : '';
    throw new UsageError(said + hint);
  }
}

function readConfig(terminal: Terminal): AppConfig {
  const loaded = loadAppConfig(terminal.sources());
  // The workers of a node read the same again.
  if (cluster.isPrimary) for (const warning of loaded.warnings) terminal.err(`warning: ${warning}\n`);
  if (!loaded.ok) throw new ConfigRefused(formatFaults(loaded.faults));
  return loaded;
}

async function inWorld(
  config: AppConfig,
  terminal: Terminal,
  work: (world: World) => Promise<Output>,
): Promise<Output> {
  const ports = await openPorts(config.values, { warn: (text) => terminal.err(`warning: ${text}\n`) });
  try {
    await migrate(ports.db, ports.clock.now());
    const features = await compose(ports, config.values, resolvePublicUrl(config.values.server));
    return await work({ config, ports, features });
  } finally {
    await ports.db.close();
  }
}

const withLineBreak = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);
