import { parseDotenv } from './dotenv.ts';
import { createFinder, type Find } from './find.ts';
import { modeVariables, resolveMode } from './mode.ts';
import { nearMiss } from './near-miss.ts';
import { type ConfigEntry, readSection } from './read-section.ts';
import type { Fault, Mode, Origin, Section, SettingContext, Settings, ValuesOf } from './setting.ts';
import type { Sources } from './sources.ts';

export type Sections = Readonly<Record<string, Section>>;

export type ConfigValues<S extends Sections> = {
  readonly [K in keyof S]: S[K] extends { readonly settings: infer T extends Settings } ? ValuesOf<T> : never;
};

export interface LoadedConfig<S extends Sections = Sections> {
  readonly ok: true;
  readonly mode: Mode;
  readonly values: ConfigValues<S>;
  readonly origins: ReadonlyMap<string, Origin>;
  readonly entries: readonly ConfigEntry[];
  readonly warnings: readonly string[];
}

/** The warnings stand here too: a variable that is missing may be the one that is misspelt. */
export interface RefusedConfig {
  readonly ok: false;
  readonly faults: readonly Fault[];
  readonly warnings: readonly string[];
}

export type LoadResult<S extends Sections = Sections> = LoadedConfig<S> | RefusedConfig;

/**
 * Reads every section's settings: from the environment, else the file that `<VARIABLE>_FILE` names (secrets only), else `.env`,
 * else the default. An empty text counts as not set. Never stops at the first fault; variables that nobody declared are no fault.
 *
 * @param checkAcross rules over several sections; runs when each of them is good
 * @throws Error when two sections declare one variable, which is a mistake of the program
 */
export function loadConfig<const S extends Sections>(
  sections: S,
  sources: Sources,
  checkAcross: (values: ConfigValues<S>, context: SettingContext) => readonly Fault[] = () => [],
): LoadResult<S> {
  const dotenv = parseDotenv(sources.dotenv ?? '', sources.environment);
  const find = createFinder(sources, dotenv.values);
  const { mode, ...modeResult } = resolveMode((variable) => find({ variable }));
  // In an unclear mode its rules stay silent: a fault must not rest on a guess.
  const clearMode = modeResult.faults.length === 0;
  const read = Object.entries(sections).map(([key, part]) => ({
    key,
    ...readSection(part, find, { mode }, clearMode),
  }));
  // Each value came from the `parse` or `fallback` of the setting under that key.
  const values = Object.fromEntries(read.map(({ key, values }) => [key, values])) as ConfigValues<S>;
  const ofSections = [...(sources.faults ?? []), ...modeResult.faults, ...read.flatMap((part) => part.faults)];
  const faults = ofSections.length > 0 ? ofSections : checkAcross(values, { mode });
  const misspelt = misspellings([...dotenv.values.keys()], knownVariables(sections));
  const warnings = [...dotenv.warnings, ...modeResult.warnings, ...misspelt];
  if (faults.length > 0) return { ok: false, faults, warnings };
  const entries = [...modeEntries(find), ...read.flatMap((part) => part.entries)];
  return {
    ok: true,
    mode,
    values,
    origins: new Map(entries.map(({ variable, origin }) => [variable, origin])),
    entries,
    warnings,
  };
}

function modeEntries(find: Find): ConfigEntry[] {
  return modeVariables.map(({ variable }) => {
    const found = find({ variable });
    return { section: 'Mode', variable, shown: found?.text ?? '(not set)', origin: found?.origin ?? 'default' };
  });
}

function knownVariables(sections: Sections): string[] {
  const settings = Object.values(sections).flatMap((part) => Object.values(part.settings));
  const known = [...modeVariables, ...settings].map(({ variable }) => variable);
  const twice = known.find((variable, index) => known.indexOf(variable) !== index);
  if (twice !== undefined) throw new Error(`${twice} is declared twice`);
  return [...known, ...settings.filter(({ secret }) => secret).map(({ variable }) => `${variable}_FILE`)];
}

function misspellings(names: readonly string[], known: readonly string[]): string[] {
  return names.flatMap((name) => {
    const meant = nearMiss(name, known);
    return meant === undefined ? [] : [`.env sets ${JSON.stringify(name)}, which is unknown; did you mean ${meant}?`];
  });
}
