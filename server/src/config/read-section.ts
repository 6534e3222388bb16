import { isDeepStrictEqual } from 'node:util';
import type { Find } from './find.ts';
import { type Fault, type Origin, type Section, type Setting, type SettingContext, SettingError } from './setting.ts';

/** One setting as it took effect, fit to be printed: `shown` masks what is secret. */
export interface ConfigEntry {
  readonly section: string;
  readonly variable: string;
  readonly shown: string;
  readonly origin: Origin;
}

export interface ReadSection {
  readonly values: Record<string, unknown>;
  readonly entries: readonly ConfigEntry[];
  readonly faults: readonly Fault[];
}

/**
 * Reads all settings of a section, and checks its rules when every value is good.
 *
 * @param clearMode whether the mode is certain; the rules that depend on it stay silent when it is not
 */
export function readSection(part: Section, find: Find, context: SettingContext, clearMode: boolean): ReadSection {
  const values: Record<string, unknown> = {};
  const entries: ConfigEntry[] = [];
  const faults: Fault[] = [];
  let unread = false;
  for (const [key, setting] of Object.entries(part.settings)) {
    const result = readSetting(setting, find, context);
    if ('problem' in result) {
      faults.push(result);
      unread = true;
      continue;
    }
    const { variable } = setting;
    values[key] = result.value;
    entries.push({ section: part.title, variable, shown: shown(setting, result), origin: result.origin });
    if (clearMode && result.origin === 'default' && isMissing(setting, context)) faults.push(missing(setting));
  }
  if (!unread && clearMode) faults.push(...(part.check?.(values, context) ?? []));
  return { values, entries, faults };
}

interface ReadValue {
  readonly value: unknown;
  readonly origin: Origin;
  readonly text?: string;
}

function readSetting(setting: Setting<unknown>, find: Find, context: SettingContext): ReadValue | Fault {
  let origin: Origin | undefined;
  try {
    const found = find(setting);
    if (found === undefined) return { value: setting.fallback(context), origin: 'default' };
    origin = found.origin;
    return { value: setting.parse(found.text), ...found };
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    const { variable, example } = setting;
    return { variable, problem: error.message, example, ...(origin === undefined ? {} : { origin }) };
  }
}

function isMissing({ requiredInProduction }: Setting<unknown>, { mode }: SettingContext): boolean {
  return requiredInProduction === true && mode === 'production';
}

function missing({ variable, reason, example }: Setting<unknown>): Fault {
  return { variable, problem: `is not set, and production requires it. ${reason}`, example };
}

function shown(setting: Setting<unknown>, { value, text }: ReadValue): string {
  if (value === undefined) return '(not set)';
  if (setting.show !== undefined) return setting.show(value);
  if (setting.secret === true) return '[secret]';
  return text?.trim() ?? defaultText(setting, value);
}

/** A default in the words in which one would write it (`15`, where the value is 900 seconds), if those give this very value. */
function defaultText(setting: Setting<unknown>, value: unknown): string {
  const text = setting.fallbackText ?? setting.example;
  try {
    if (isDeepStrictEqual(setting.parse(text), value)) return text;
  } catch {
    // An example that does not parse (a command, an empty text) is no default either.
  }
  return Array.isArray(value) ? value.join(',') || '(none)' : typeof value === 'string' ? value : JSON.stringify(value);
}
