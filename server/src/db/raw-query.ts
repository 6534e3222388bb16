import { type Compilable, sql } from 'kysely';
import type { Dialect } from './dialect.ts';

/** SQL as it is written, for what only one database knows. Holds no value that came from outside. */
export function rawQuery<R = unknown>(dialect: Dialect, text: string): Compilable<R> {
  return { compile: () => sql<R>`${sql.raw(text)}`.compile(dialect.builder) };
}
