import type { Asker } from '../../kernel/hasher.ts';

/** What waits. */
export interface Waiting {
  readonly asker: Asker;
  /** Whether it could start now; what could not is passed over and keeps its place. */
  readonly isReady: boolean;
}

/**
 * A queue in which nobody can crowd out the others. Sources take turns, so that one with a hundred waiting delays each other source by
 * one (fair queueing: Nagle, RFC 970). The known go ahead of strangers, but every fourth start is a stranger's while one waits, so that
 * a crowd of known ones keeps nobody out either.
 */
export interface FairQueue<T extends Waiting> {
  add(item: T): void;
  /** Takes out what starts next; `undefined` when nothing is ready. */
  next(): T | undefined;
  remove(item: T): void;
  /** How many start before somebody who came now, if every source that waits always has one more: as under a flood. */
  ahead(asker: Asker): number;
  /** How many wait of its source, on its side. */
  sizeOf(asker: Asker): number;
  /** Whether nothing waits of any other source. */
  isAlone(asker: Asker): boolean;
  /** Those that are not among the next so many starts, if every source that waits always has one more. One of each source always is. */
  beyond(starts: number): T[];
  readonly size: number;
}

/** So many starts of known ones for one of a stranger. */
const knownPerStranger = 3;

export function createFairQueue<T extends Waiting>(): FairQueue<T> {
  const [known, strangers] = [createRounds<T>(), createRounds<T>()];
  const sideOf = ({ asker }: { readonly asker: Asker }) => (asker.known ? known : strangers);
  let knownInARow = 0;

  const nextStranger = () => {
    knownInARow = 0;
    return strangers.next();
  };
  const nextKnown = () => {
    const item = known.next();
    if (item !== undefined) knownInARow += 1;
    return item;
  };

  return {
    add: (item) => sideOf(item).add(item),
    next: () => (knownInARow < knownPerStranger ? (nextKnown() ?? nextStranger()) : (nextStranger() ?? nextKnown())),
    remove: (item) => sideOf(item).remove(item),
    ahead({ source, known: isKnown }) {
      const own = (isKnown ? known : strangers).ahead(source);
      const others = isKnown ? strangers.size : known.size;
      return own + Math.min(others, isKnown ? Math.floor(own / knownPerStranger) : (own + 1) * knownPerStranger);
    },
    sizeOf: (asker) => sideOf({ asker }).sizeOf(asker.source),
    isAlone: ({ source }) => [known, strangers].every((side) => side.size === side.sizeOf(source)),
    beyond(starts) {
      const ofStrangers = known.size === 0 ? starts : Math.floor(starts / (knownPerStranger + 1));
      const ofKnown = strangers.size === 0 ? starts : Math.floor((starts * knownPerStranger) / (knownPerStranger + 1));
      return [...known.beyond(ofKnown), ...strangers.beyond(ofStrangers)];
    },
    get size() {
      return known.size + strangers.size;
    },
  };
}

/** Sources in the order of their turns, and what waits of each in the order in which it came. */
function createRounds<T extends Waiting>() {
  const sources = new Map<string, T[]>();
  let size = 0;

  /** `later` puts the source at the end of the round. */
  const takeOut = (source: string, items: T[], at: number, later: boolean): T | undefined => {
    const [item] = items.splice(at, 1);
    size -= 1;
    if (later || items.length === 0) sources.delete(source);
    if (later && items.length > 0) sources.set(source, items);
    return item;
  };

  return {
    add(item: T) {
      const { source } = item.asker;
      const items = sources.get(source);
      if (items === undefined) sources.set(source, [item]);
      else items.push(item);
      size += 1;
    },
    next(): T | undefined {
      for (const [source, items] of sources) {
        const at = items.findIndex(({ isReady }) => isReady);
        if (at >= 0) return takeOut(source, items, at, true);
      }
      return undefined;
    },
    remove(item: T): void {
      const { source } = item.asker;
      const items = sources.get(source) ?? [];
      const at = items.indexOf(item);
      if (at >= 0) takeOut(source, items, at, false);
    },
    /** The newcomer needs a round for each that waits of its own source, and one for itself; in a round every source has one turn. */
    ahead(source: string): number {
      const own = sources.get(source)?.length ?? 0;
      const turns = sources.size + (own === 0 ? 1 : 0);
      return (own + 1) * turns - 1;
    },
    beyond(starts: number): T[] {
      const each = Math.max(1, Math.floor(starts / sources.size));
      return [...sources.values()].flatMap((items) => items.slice(each));
    },
    sizeOf: (source: string) => sources.get(source)?.length ?? 0,
    get size() {
      return size;
    },
  };
}
