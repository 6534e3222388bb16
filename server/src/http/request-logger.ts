import type { FastifyBaseLogger } from 'fastify';

type ChildArguments = Parameters<FastifyBaseLogger['child']>;

/**
 * The logger of one request, which names it in every line. The child that does so is made with the first line: most requests write none,
 * and making one costs as much as finding a route.
 */
export class RequestLogger implements FastifyBaseLogger {
  readonly #parent: FastifyBaseLogger;
  readonly #bindings: ChildArguments[0];
  readonly #options: ChildArguments[1];
  #made: FastifyBaseLogger | undefined;

  constructor(parent: FastifyBaseLogger, bindings: ChildArguments[0], options: ChildArguments[1]) {
    this.#parent = parent;
    this.#bindings = bindings;
    this.#options = options;
  }

  get #child(): FastifyBaseLogger {
    this.#made ??= this.#parent.child(this.#bindings, this.#options);
    return this.#made;
  }

  get level(): string {
    return this.#child.level;
  }

  child(...given: ChildArguments): FastifyBaseLogger {
    return this.#child.child(...given);
  }

  fatal(...line: readonly unknown[]): void {
    write(this.#child, 'fatal', line);
  }

  error(...line: readonly unknown[]): void {
    write(this.#child, 'error', line);
  }

  warn(...line: readonly unknown[]): void {
    write(this.#child, 'warn', line);
  }

  info(...line: readonly unknown[]): void {
    write(this.#child, 'info', line);
  }

  debug(...line: readonly unknown[]): void {
    write(this.#child, 'debug', line);
  }

  trace(...line: readonly unknown[]): void {
    write(this.#child, 'trace', line);
  }

  silent(...line: readonly unknown[]): void {
    write(this.#child, 'silent', line);
  }
}

type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

/** What a line may consist of is the logger's to say. */
function write(logger: FastifyBaseLogger, level: Level, line: readonly unknown[]): void {
  (logger[level] as (...line: readonly unknown[]) => void)(...line);
}
