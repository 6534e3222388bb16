/** Where the server runs: `production` when `NODE_ENV` or its alias `PYTHON_ENV` says so. */
export type Mode = 'development' | 'production';

/** Where a value came from, in order of priority; `file` is the file that `<VARIABLE>_FILE` names. */
export type Origin = 'environment' | 'file' | '.env' | 'default';

/** What is wrong with one variable, why, and what would be right. All faults are reported together. */
export interface Fault {
  readonly variable: string;
  /** Continues the sentence that the variable's name begins: "must be a whole number". Never repeats a secret value. */
  readonly problem: string;
  readonly example?: string;
  /** Where the wrong text stands, so that the reader knows which place to mend. */
  readonly origin?: Origin;
}

/** Thrown by a setting's `parse`; the loader adds the variable's name and the example. The text never repeats a secret value. */
export class SettingError extends Error {}

/**
 * One setting: how its text becomes a value, and everything a reader must know of it.
 * `.env.example`, the configuration guide and `config print` are all made from this.
 */
export interface Setting<T> {
  /** The environment variable, as `ACCESS_TOKEN_EXPIRE_MINUTES`. */
  readonly variable: string;
  /** @throws SettingError in words that say what would be right */
  readonly parse: (text: string) => T;
  /** The value when the variable is not set (an empty text counts as not set). */
  readonly fallback: (context: SettingContext) => T;
  /** A text that is right; for a secret how to make one, since a printed secret would be copied. */
  readonly example: string;
  /** One line: what it does and why one would change it. */
  readonly reason: string;
  /** How the default reads in `.env.example`, where it is not simply `example`. */
  readonly fallbackText?: string;
  /** Never printed; may also come as `<VARIABLE>_FILE`. */
  readonly secret?: boolean;
  /** How `config print` shows the value, where neither its text nor a mask would do. Must hide what is secret in it. */
  show?(value: T): string;
  /** Production refuses to start without it. */
  readonly requiredInProduction?: boolean;
}

/** What a default may depend on. */
export interface SettingContext {
  readonly mode: Mode;
}

/** A feature's settings, declared in its `config.ts`. */
export interface Section<S extends Settings = Settings> {
  readonly title: string;
  readonly settings: S;
  /** Rules over several settings, or over the mode. Runs when every single value of the section is good. */
  check?(values: ValuesOf<S>, context: SettingContext): readonly Fault[];
}

// biome-ignore lint/suspicious/noExplicitAny: a record of settings of any value type; `ValuesOf` recovers each.
export type Settings = Readonly<Record<string, Setting<any>>>;

/** The values of a section, key by key. */
export type ValuesOf<S extends Settings> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

/** Declares a section; a function only so that the types are inferred. */
export function section<const S extends Settings>(
  title: string,
  settings: S,
  check?: (values: ValuesOf<S>, context: SettingContext) => readonly Fault[],
): Section<S> {
  return check === undefined ? { title, settings } : { title, settings, check };
}
