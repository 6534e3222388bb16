/** How many sessions an event of the feed names at most: 6 KB, which any parser of lines takes. */
const placesPerEvent = 1_000;

/** All in milliseconds. */
export const listTimes = {
  /** How old what a list says may be when it is served. */
  cached: 5_000,
  /** How long others may keep a list; also its `ttl`. */
  kept: 30_000,
  /** How long a list counts for those who cannot get a newer one. */
  valid: 300_000,
};

/** All in milliseconds. */
export const feedTimes = {
  poll: 250,
  beat: 5_000,
  /**
   * How far back each poll looks. An end is dated when its transaction begins, by the clock of its node, and is seen when that has
   * committed: at most two seconds later (db/dialects/server/deadline.ts). So clocks may be eight seconds apart at no cost.
   */
  overlap: 10_000,
  /**
   * How far back a new subscriber is told, and how far each poll before a beat looks: clocks that are up to two minutes apart cost a
   * beat of time, and lose nothing. Longer than anybody may keep a list.
   */
  replay: 120_000,
};

/** The bits of a list: place i is bit i & 7 of byte i >> 3, the least significant first (draft-ietf-oauth-status-list §4.1). */
export function setBits(bits: Uint8Array, places: readonly number[]): void {
  for (const place of places) bits[place >> 3] = (bits[place >> 3] ?? 0) | (1 << (place & 7));
}

/** The number of a list as its address writes it, and nobody else: `007` is no list. */
export function listNumber(text: string): number | undefined {
  return /^(?:0|[1-9][0-9]{0,9})$/.test(text) ? Number(text) : undefined;
}

/** An event of a stream (HTML Standard §9.2). */
export const eventText = (name: string, data: object): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

/** Events that name these places, parted by list and by `placesPerEvent`. @param places counted over all lists */
export function revokedEvents(
  places: readonly number[],
  { listSize, uriOf }: { listSize: number; uriOf: (list: number) => string },
): string {
  const byList = Map.groupBy(places, (place) => Math.floor(place / listSize));
  const events = [...byList].flatMap(([list, ofList]) => {
    const uri = uriOf(list);
    return slices(ofList).map((slice) => eventText('revoked', { uri, idx: slice.map((place) => place % listSize) }));
  });
  return events.join('');
}

function slices(places: readonly number[]): number[][] {
  const count = Math.ceil(places.length / placesPerEvent);
  return Array.from({ length: count }, (_, at) => places.slice(at * placesPerEvent, (at + 1) * placesPerEvent));
}
