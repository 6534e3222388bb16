import type { LoadedConfig, Sections } from './load.ts';
import { modeVariables } from './mode.ts';
import type { ConfigEntry } from './read-section.ts';
import type { Fault, Mode, Setting } from './setting.ts';

/** The committed `.env.example`: every setting with its reason and its default, all commented out, so that a copy changes nothing. */
export function printEnvExample(sections: Sections): string {
  const parts = Object.values(sections).map(({ title, settings }) => {
    return [`## ${title}`, ...Object.values(settings).map(exampleOf)].join('\n\n');
  });
  return `${[preamble, modeExample(), ...parts].join('\n\n')}\n`;
}

const preamble = `# Settings of Keyward. Copy this file to .env, and take the # from the lines you want to change.
# The environment has priority over this file. A secret may also stand in a file of its own, named by <VARIABLE>_FILE.`;

function modeExample(): string {
  const lines = modeVariables.map(({ variable, reason }) => `# ${reason}\n# ${variable}=`);
  return ['## Mode', ...lines].join('\n\n');
}

function exampleOf(setting: Setting<unknown>): string {
  const { variable, reason, example, fallbackText } = setting;
  const standing = fallbackText ?? example;
  const notes = [
    reason,
    ...(setting.requiredInProduction === true ? ['Required in production.'] : []),
    ...(standing === example ? [] : [`Example: ${example}`]),
  ];
  return [...notes, `${variable}=${standing}`].map((line) => `# ${line}`).join('\n');
}

/** What took effect and where it came from, for a terminal; secrets are masked. */
export function printConfig(result: LoadedConfig): string {
  const width = Math.max(...result.entries.map((entry) => assignment(entry).length));
  const lines = [...Map.groupBy(result.entries, ({ section }) => section)].map(([title, entries]) => {
    return [title, ...entries.map((entry) => `  ${assignment(entry).padEnd(width)}  (${entry.origin})`)].join('\n');
  });
  return `${[`Running in ${result.mode} mode.`, ...lines].join('\n\n')}\n`;
}

function assignment({ variable, shown }: ConfigEntry): string {
  return `${variable}=${shown}`;
}

/** The same for a program: `JSON.stringify` of it holds no secret. */
export interface ConfigReport {
  readonly mode: Mode;
  readonly settings: readonly ConfigEntry[];
  readonly warnings: readonly string[];
}

export function reportConfig({ mode, entries, warnings }: LoadedConfig): ConfigReport {
  return { mode, settings: entries, warnings };
}

/** All that is wrong, for a terminal: which variable, where it stands, what and why, and a text that would be right. */
export function formatFaults(faults: readonly Fault[]): string {
  const count = faults.length === 1 ? 'One setting is wrong' : `${faults.length} settings are wrong`;
  return `${[`${count}:`, ...faults.map(formatFault)].join('\n\n')}\n`;
}

function formatFault({ variable, problem, example, origin }: Fault): string {
  const place = origin === undefined ? '' : ` (from ${origin === 'environment' ? 'the environment' : origin})`;
  const right = example === undefined ? [] : [`    Example: ${variable}=${example}`];
  return [`  ${variable}${place}`, `    ${problem}`, ...right].join('\n');
}
