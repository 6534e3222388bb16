/** What is wrong with a JSON text and where: `offset` counts UTF-16 units from 0. */
export interface JsonFault {
  readonly what: string;
  readonly offset: number;
}

/** Deeper than any schema of this API; shallow enough that nothing behind it can overflow a stack. */
export const maxDepth = 32;

/** An open `{` or `[`. `keys` is undefined for a list. */
interface Frame {
  readonly keys: Set<string> | undefined;
  key: string;
}

class Fault extends Error {
  readonly offset: number;
  constructor(what: string, offset: number) {
    super(what);
    this.offset = offset;
  }
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const literal = /true|false|null/y;
const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/**
 * Reads `text` once, without recursion, and tells the first thing wrong with it. Stricter than RFC 8259, in ways RFC 8259 §4 and §9
 * and RFC 7493 §2 allow: no key twice in an object, no lone surrogate, no depth beyond 32, no key that reaches a prototype.
 */
export function findJsonFault(text: string): JsonFault | undefined {
  try {
    new Scanner(text).scan();
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return { what: error.message, offset: error.offset };
    throw error;
  }
}

/** Holds the position and the open frames. */
class Scanner {
  readonly #text: string;
  readonly #frames: Frame[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  scan(): void {
    do {
      if (this.#value()) continue;
      this.#closeFinished();
    } while (this.#frames.length > 0);
    this.#skipSpace();
    if (this.#at < this.#text.length) this.#fail('Something follows the end of the value');
  }

  /** Reads a value; true when it opened a frame that expects a value next. */
  #value(): boolean {
    this.#skipSpace();
    const char = this.#text[this.#at];
    if (char === '{' || char === '[') return this.#open(char);
    if (char === '"') this.#string();
    else if (!this.#skip(number) && !this.#skip(literal))
      this.#fail(char === undefined ? 'The text ends too early' : 'A value is expected');
    return false;
  }

  #open(char: string): boolean {
    if (this.#frames.length === maxDepth) this.#fail(`Nested deeper than ${maxDepth} levels`);
    this.#at += 1;
    this.#frames.push({ keys: char === '{' ? new Set() : undefined, key: '' });
    this.#skipSpace();
    const next = this.#text[this.#at];
    if (next === (char === '{' ? '}' : ']')) return false;
    if (char === '{') this.#key();
    return true;
  }

  /** After a value: closes what ends here, up to a comma, which wants another value. */
  #closeFinished(): void {
    for (let frame = this.#frames.at(-1); frame !== undefined; frame = this.#frames.at(-1)) {
      this.#skipSpace();
      const char = this.#text[this.#at];
      if (char === ',') {
        this.#at += 1;
        if (frame.keys !== undefined) this.#key();
        return;
      }
      if (char !== (frame.keys === undefined ? ']' : '}')) {
        this.#fail(char === undefined ? 'The text ends too early' : 'A comma or the closing bracket is expected');
      }
      this.#at += 1;
      this.#frames.pop();
    }
  }

  #key(): void {
    this.#skipSpace();
    const start = this.#at;
    if (this.#text[start] !== '"')
      this.#fail(start === this.#text.length ? 'The text ends too early' : 'A key in double quotes is expected');
    this.#claimKey(this.#string(), start);
    this.#skipSpace();
    if (this.#text[this.#at] !== ':') this.#fail('A colon is expected');
    this.#at += 1;
  }

  #claimKey(key: string, start: number): void {
    const frame = this.#frames.at(-1);
    if (frame?.keys === undefined) return;
    if (frame.keys.has(key)) throw new Fault('A key stands twice in one object', start);
    const inConstructor = this.#frames.at(-2)?.key === 'constructor';
    if (key === '__proto__' || (key === 'prototype' && inConstructor)) throw new Fault('A key is not allowed', start);
    frame.keys.add(key);
    frame.key = key;
  }

  /** Reads a string and gives its text. */
  #string(): string {
    const start = this.#at;
    let escapes = false;
    this.#at += 1;
    for (let code = this.#code(); code !== 0x22; code = this.#code()) {
      if (Number.isNaN(code)) this.#fail('The text ends inside a string');
      if (code < 0x20) this.#fail('A control character stands inside a string');
      if (code !== 0x5c) this.#at += 1;
      else if (this.#skip(escaped)) escapes = true;
      else this.#fail('An escape in a string is not known');
    }
    this.#at += 1;
    return this.#unescape(start, escapes);
  }

  #unescape(start: number, escapes: boolean): string {
    if (!escapes) return this.#text.slice(start + 1, this.#at - 1);
    const value: string = JSON.parse(this.#text.slice(start, this.#at));
    if (!value.isWellFormed()) throw new Fault('A string holds half a surrogate pair', start);
    return value;
  }

  #code(): number {
    return this.#text.charCodeAt(this.#at);
  }

  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return false;
    this.#at = pattern.lastIndex;
    return true;
  }

  #skipSpace(): void {
    for (let code = this.#code(); code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09; code = this.#code())
      this.#at += 1;
  }

  #fail(what: string): never {
    throw new Fault(what, this.#at);
  }
}
