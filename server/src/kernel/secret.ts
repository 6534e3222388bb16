import { inspect } from 'node:util';

/**
 * A text that never prints itself: not in a log line, not in JSON, not in a template literal.
 * The one way to the text is `reveal()`, which a reader can search for.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
