/** What a `.env` file says. A line that cannot be read is skipped and named by its number; its text is never repeated. */
export interface Dotenv {
  readonly values: Map<string, string>;
  readonly warnings: readonly string[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** One assignment as written. `null` is a name without `=`: it unsets what stood above. */
interface Assignment {
  readonly name: string;
  readonly raw: string | null;
}

/** Reads pieces of the text from a moving position. */
interface Reader {
  /** The piece that `pattern` (sticky) matches here, or `undefined` with the position unmoved. */
  take(pattern: RegExp): RegExpExecArray | undefined;
  next(): string;
  line(): number;
}

/** Where a statement stops making sense; the rest of its line is skipped. */
const unreadable = Symbol('unreadable');

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/**
 * Reads a `.env` text by the rules of python-dotenv 1.2, so that a file written for a Python server means the same here:
 * `#` begins a comment only after white space, quoted values may span lines, the last assignment of a name wins, and
 * `${NAME}` or `${NAME:-default}` is replaced in quoted values too.
 *
 * @param environment what `${NAME}` sees first, before the lines above, as in `load_dotenv(override=False)`
 */
export function parseDotenv(text: string, environment: Environment = {}): Dotenv {
  // Python opens the file with universal newlines, so CRLF is a plain newline inside quotes as well.
  const reader = createReader(text.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n'));
  const found = new Map<string, string | null>();
  const warnings: string[] = [];
  for (;;) {
    reader.take(/\s*/y);
    if (reader.next() === '') break;
    const line = reader.line();
    const statement = readStatement(reader);
    if (statement === unreadable) {
      reader.take(/[^\n]*\n?/y);
      warnings.push(`.env line ${line} cannot be read and is skipped`);
    } else if (statement !== undefined) {
      found.set(statement.name, statement.raw === null ? null : interpolate(statement.raw, environment, found));
    }
  }
  const values = new Map([...found].filter((entry): entry is [string, string] => entry[1] !== null));
  return { values, warnings };
}

function createReader(text: string): Reader {
  let position = 0;
  return {
    take(pattern) {
      pattern.lastIndex = position;
      const match = pattern.exec(text);
      if (match === null) return undefined;
      position = pattern.lastIndex;
      return match;
    },
    next: () => text.charAt(position),
    line: () => text.slice(0, position).split('\n').length,
  };
}

function readStatement(reader: Reader): Assignment | undefined | typeof unreadable {
  reader.take(/export[^\S\n]+/y);
  const name = reader.next() === '#' ? undefined : readName(reader);
  if (name === unreadable) return unreadable;
  reader.take(/[^\S\n]*/y);
  const raw = reader.next() === '=' ? readValue(reader) : null;
  if (raw === unreadable) return unreadable;
  reader.take(/[^\S\n]*#[^\n]*/y);
  if (reader.take(/[^\S\n]*(?:\n|$)/y) === undefined) return unreadable;
  return name === undefined ? undefined : { name, raw };
}

function readName(reader: Reader): string | typeof unreadable {
  const match = reader.next() === "'" ? reader.take(/'([^']+)'/y) : reader.take(/([^=#\s]+)/y);
  return match?.[1] ?? unreadable;
}

function readValue(reader: Reader): string | typeof unreadable {
  const afterSpace = reader.take(/=[^\S\n]*/y)?.[0] !== '=';
  switch (reader.next()) {
    case "'":
      return readQuoted(reader, /'((?:\\[\s\S]|[^'\\])*)'/y, /\\([\\'])/g);
    case '"':
      return readQuoted(reader, /"((?:\\[\s\S]|[^"\\])*)"/y, /\\([\\'"abfnrtv])/g);
    case '#':
      return afterSpace ? '' : readBare(reader);
    default:
      return readBare(reader);
  }
}

/** An escape that is not in `escapable` stays as it is, backslash and all. */
function readQuoted(reader: Reader, quoted: RegExp, escapable: RegExp): string | typeof unreadable {
  const inner = reader.take(quoted)?.[1];
  return inner?.replaceAll(escapable, (_, letter: string) => escapes[letter] ?? letter) ?? unreadable;
}

function readBare(reader: Reader): string {
  const rest = reader.take(/[^\n]*/y)?.[0] ?? '';
  return rest.replace(/\s+#[\s\S]*/, '').trimEnd();
}

/** A name that is known but without a value gives an empty text, not the default: python-dotenv asks only whether it is there. */
function interpolate(raw: string, environment: Environment, above: ReadonlyMap<string, string | null>): string {
  return raw.replaceAll(/\$\{([^}:]*)(?::-([^}]*))?\}/g, (_, name: string, otherwise?: string) => {
    const outer = Object.hasOwn(environment, name) ? environment[name] : undefined;
    if (outer !== undefined) return outer;
    return above.has(name) ? (above.get(name) ?? '') : (otherwise ?? '');
  });
}
