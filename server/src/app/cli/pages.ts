/** A page of a list, and from where it goes on; `undefined` where it has ended. */
interface Page<Item, Cursor> {
  readonly items: readonly Item[];
  readonly next: Cursor | undefined;
}

/**
 * Reads a list page by page.
 *
 * @param limits how many at most, and how many at once
 */
export async function pagesOf<Item, Cursor>(
  limits: { readonly most?: number; readonly perPage: number },
  read: (limit: number, cursor: Cursor | undefined) => Promise<Page<Item, Cursor>>,
): Promise<Item[]> {
  const { most = Number.POSITIVE_INFINITY, perPage } = limits;
  const all: Item[] = [];
  for (let cursor: Cursor | undefined; all.length < most; ) {
    const { items, next } = await read(Math.min(perPage, most - all.length), cursor);
    all.push(...items);
    if (next === undefined) break;
    cursor = next;
  }
  return all;
}
