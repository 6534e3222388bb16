import type { ParseArgsOptionsConfig } from 'node:util';
import type { Features, Ports } from '../compose.ts';
import type { AppConfig } from '../config.ts';

/** What a command prints: as text for people, or with `--json` as a value for programs; `undefined` is nothing. */
export interface Output {
  readonly text: string;
  readonly json: unknown;
  /** What it says is bad news, though it was found as it should be: the command ends with 1. */
  readonly failed?: boolean;
}

export interface CommandInput {
  readonly arguments: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  /** Everything on standard input, without its last line break: how passwords come in. At a terminal `prompt` asks for it. */
  readonly stdin: (prompt: string) => Promise<string>;
  /** Prints something while the command runs on. */
  readonly say: (output: Output) => void;
  /** Prints what is meant for programs in any case, as it is. */
  readonly write: (text: string) => void;
  /** A line for whoever watches, on standard error. */
  readonly progress: (line: string) => void;
}

/** The world of a command that needs the database: migrated, and with every feature. */
export interface World {
  readonly config: AppConfig;
  readonly ports: Ports;
  readonly features: Features;
}

interface CommandBase {
  /** How it is called: `['user', 'create']`. */
  readonly words: readonly string[];
  /** What stands behind the words: `<name> [--description TEXT]`. */
  readonly usage: string;
  readonly summary: string;
  readonly options?: ParseArgsOptionsConfig;
  /** How many arguments it takes besides options; none unless said. */
  readonly takes?: number;
}

/** A command of the CLI. `needs` says how much of the server it must set up. */
export type Command = CommandBase &
  (
    | { readonly needs: 'nothing'; readonly run: (input: CommandInput) => Promise<Output> }
    | { readonly needs: 'config'; readonly run: (input: CommandInput, config: AppConfig) => Promise<Output> }
    | { readonly needs: 'world'; readonly run: (input: CommandInput, world: World) => Promise<Output> }
    /** What it needs depends on how it is called: with an argument it looks at nothing else. */
    | {
        readonly needs: 'world without argument';
        readonly run: (input: CommandInput, world: World | undefined) => Promise<Output>;
      }
  );

/** The command was called in a way that it does not understand. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The faults of a configuration that cannot be used, all of them. */
export class ConfigRefused extends Error {
  override readonly name = 'ConfigRefused';
}

/** The argument at `place`. @throws UsageError when it is missing */
export function argument(input: CommandInput, place: number, name: string): string {
  const value = input.arguments[place];
  if (value === undefined) throw new UsageError(`<${name}> is missing`);
  return value;
}

/** The text of an option. @throws UsageError when it is missing */
export function requiredOption(input: CommandInput, name: string): string {
  const value = optionalText(input, name);
  if (value === undefined) throw new UsageError(`--${name} is missing`);
  return value;
}

/** The texts of an option that may be repeated. */
export function texts(input: CommandInput, name: string): readonly string[] {
  const value = input.options[name];
  return Array.isArray(value) ? value : [];
}

export function optionalText(input: CommandInput, name: string): string | undefined {
  const value = input.options[name];
  return typeof value === 'string' ? value : undefined;
}

/** The instant of an option, as RFC 3339 writes it; a day alone is its beginning, UTC. @throws UsageError */
export function optionalInstant(input: CommandInput, name: string): number | undefined {
  const text = optionalText(input, name);
  if (text === undefined) return undefined;
  const instant = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(instant)) throw new UsageError(`--${name} must be an instant such as 2026-12-31T18:00:00Z`);
  return instant;
}

/** One of `choices`, if there is a text. @throws UsageError */
export function choice<T extends string>(name: string, text: string | undefined, choices: readonly T[]): T | undefined {
  const chosen = choices.find((it) => it === text);
  if (text !== undefined && chosen === undefined)
    throw new UsageError(`--${name} must be one of ${choices.join(', ')}`);
  return chosen;
}

/** Lines up rows under their headings. */
export function tableText(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
