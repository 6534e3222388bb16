import type { Instant } from '../../kernel/clock.ts';

/** What an event must be to be shown; what is left out does not matter. */
export interface Filter {
  readonly event?: string;
  readonly outcome?: string;
  readonly reason?: string;
  readonly actor?: number;
  readonly subject?: number;
  readonly session?: string;
  readonly apiKey?: string;
  /** Not before; before. */
  readonly since?: Instant;
  readonly until?: Instant;
}

/** Where a page ends. Events are shown in the order of their time, and those of one instant in that of their ids. */
export interface Position {
  readonly at: Instant;
  readonly id: number;
}
