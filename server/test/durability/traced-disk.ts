import { dirname } from 'node:path';
import type { Seeded } from '../support/seeded.ts';
import type { TraceEvent } from './trace.ts';

type Change = Extract<TraceEvent, { kind: 'write' | 'truncate' }>;

/** A file as the kernel knows it; its names come and go. */
interface Inode {
  readonly changes: Change[];
  readonly syncs: TraceEvent[];
}

/** A name that was given or taken. */
interface Naming {
  readonly path: string;
  readonly inode: Inode | undefined;
  readonly ended: number;
}

/** What a disk would hold after a power cut, told by a trace of everything that was done to it. */
export interface TracedDisk {
  /** The files, by path, that are there for sure when the power goes at this line of the trace. */
  sureAt(line: number): Map<string, Buffer>;
  /** The same with any of the writes that were not synced, in any order, some of them torn. */
  tornAt(line: number, random: Seeded): Map<string, Buffer>;
}

/**
 * A write is there for sure once a sync of its file that began after it has ended; a name, once a sync of its folder has (fsync(2):
 * "Calling fsync() does not necessarily ensure that the entry in the directory containing the file has also reached disk").
 */
export function createTracedDisk(events: readonly TraceEvent[]): TracedDisk {
  const { namings, folderSyncs, folders } = replay(events);

  const syncedBefore = (syncs: readonly TraceEvent[], line: number): number =>
    Math.max(0, ...syncs.filter(({ ended }) => ended <= line).map(({ begun }) => begun));

  const nameIsSure = ({ path, ended }: { path: string; ended: number }, line: number): boolean =>
    ended <= syncedBefore(folderSyncs.get(dirname(path)) ?? [], line);

  const folderIsSure = (path: string, line: number): boolean => {
    const made = folders.get(path);
    return made === undefined || (nameIsSure({ path, ended: made }, line) && folderIsSure(dirname(path), line));
  };

  const filesAt = (line: number, contentOf: (inode: Inode) => Buffer): Map<string, Buffer> => {
    const files = new Map<string, Buffer>();
    for (const naming of namings) {
      if (!nameIsSure(naming, line) || !folderIsSure(dirname(naming.path), line)) continue;
      if (naming.inode === undefined) files.delete(naming.path);
      else files.set(naming.path, contentOf(naming.inode));
    }
    return files;
  };

  return {
    sureAt: (line) =>
      filesAt(line, ({ changes, syncs }) => {
        const synced = syncedBefore(syncs, line);
        return apply(changes.filter(({ ended }) => ended <= synced));
      }),
    tornAt: (line, random) =>
      filesAt(line, ({ changes, syncs }) => {
        const synced = syncedBefore(syncs, line);
        const arrives = random.next();
        const loose = changes.filter(({ begun, ended }) => ended > synced && begun <= line);
        const arrived = loose.filter(() => random.chance(arrives)).map((change) => torn(change, random));
        return apply([...changes.filter(({ ended }) => ended <= synced), ...arrived]);
      }),
  };
}

function replay(events: readonly TraceEvent[]) {
  const namings: Naming[] = [];
  const folderSyncs = new Map<string, TraceEvent[]>();
  const folders = new Map<string, number>();
  const current = new Map<string, Inode>();
  const name = (path: string, inode: Inode | undefined, ended: number) => {
    namings.push({ path, inode, ended });
    if (inode === undefined) current.delete(path);
    else current.set(path, inode);
  };
  for (const event of events) {
    if (event.kind === 'said') continue;
    // The index in shared memory is made anew from the WAL by whoever opens the database first (sqlite.org/walformat.html §2).
    if (event.path.endsWith('-shm')) continue;
    const inode = current.get(event.path);
    if (event.kind === 'make-folder') folders.set(event.path, event.ended);
    else if (event.kind === 'create' && inode === undefined) name(event.path, { changes: [], syncs: [] }, event.ended);
    else if (event.kind === 'remove') name(event.path, undefined, event.ended);
    else if (event.kind === 'sync' && inode !== undefined) inode.syncs.push(event);
    else if (event.kind === 'sync') folderSyncs.set(event.path, [...(folderSyncs.get(event.path) ?? []), event]);
    else if (event.kind === 'write' || event.kind === 'truncate') inode?.changes.push(event);
  }
  return { namings, folderSyncs, folders };
}

function apply(changes: readonly Change[]): Buffer {
  const content = Buffer.alloc(Math.max(0, ...changes.map(endOf)));
  let size = 0;
  for (const change of changes) {
    if (change.kind === 'write') {
      change.data.copy(content, change.offset);
      size = Math.max(size, endOf(change));
    } else {
      if (change.size < size) content.fill(0, change.size, size);
      size = change.size;
    }
  }
  return content.subarray(0, size);
}

const endOf = (change: Change): number => (change.kind === 'write' ? change.offset + change.data.length : change.size);

function torn(change: Change, random: Seeded): Change {
  if (change.kind === 'truncate' || !random.chance(0.2)) return change;
  return { ...change, data: change.data.subarray(0, random.below(change.data.length + 1)) };
}
