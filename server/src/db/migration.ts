import type { Compilable } from 'kysely';
import type { Dialect } from './dialect.ts';

/** One step of the schema. Its statements are pure data, so that they can be shown before they are run. */
export interface Migration {
  /** `0001-users`: sorts in the order of application; never renamed once released. */
  readonly id: string;
  readonly statements: (dialect: Dialect) => readonly Compilable<unknown>[];
}
