import type { Seeded } from '../support/seeded.ts';
import { type DiskState, generationOf } from './watched-disk.ts';

const sectorBytes = 512;

/**
 * A disk after a power cut on which some of what was not synced has arrived all the same: any of its sectors, in any order, some of
 * them torn.
 *
 * Not everything is possible: pages are copied from the WAL to the database only when the WAL is synced, and a WAL is started over
 * only when the database is.
 */
export function tear(sure: DiskState, written: DiskState, random: Seeded): DiskState {
  if (!generationOf(sure.wal).equals(generationOf(written.wal))) return sure;
  return random.chance(0.5)
    ? { wal: mix(sure.wal, written.wal, random), database: sure.database }
    : { wal: written.wal, database: mix(sure.database, written.database, random) };
}

/** `old` with some sectors as they are in `fresh`. Between two that arrived beyond the old end, the file system shows zeros. */
function mix(old: Buffer, fresh: Buffer, random: Seeded): Buffer {
  const mixed = Buffer.alloc(Math.max(old.length, fresh.length));
  old.copy(mixed);
  let end = old.length;
  const arrives = random.next();
  for (let at = 0; at < fresh.length; at += sectorBytes) {
    if (!random.chance(arrives)) continue;
    const whole = Math.min(sectorBytes, fresh.length - at);
    const length = random.chance(0.1) ? random.below(whole + 1) : whole;
    fresh.copy(mixed, at, at, at + length);
    end = Math.max(end, at + length);
  }
  return mixed.subarray(0, end);
}
