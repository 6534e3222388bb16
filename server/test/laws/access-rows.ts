import type { Route } from '../../src/http/route.ts';

/** What a cell expects: a status, and of a refusal its code too. */
export interface Expected {
  readonly status: number;
  readonly code: string | undefined;
}

/** A line of the table. */
export interface Row<Caller extends string> {
  readonly method: string;
  /** With `{placeholders}` where the route has parameters. */
  readonly path: string;
  /** One for each caller; all the same where the line has a single cell. */
  readonly cells: ReadonlyMap<Caller, Expected>;
}

/**
 * Reads a table: a heading with the callers, then a line for each route. Columns are parted by two spaces or more.
 *
 * @param words that stand for refusals which come often
 * @throws Error at a line that cannot be read
 */
export function rowsOf<Caller extends string>(
  table: string,
  callers: readonly Caller[],
  words: Readonly<Record<string, string>>,
): Row<Caller>[] {
  const [heading = '', ...lines] = table.split('\n').filter((line) => line.trim() !== '');
  if (columnsOf(heading).join() !== callers.join()) throw new Error(`the heading is not ${callers.join(', ')}`);
  return lines.map((line) => rowOf(line, callers, words));
}

const columnsOf = (line: string): string[] => line.trim().split(/ {2,}/);

function rowOf<Caller extends string>(
  line: string,
  callers: readonly Caller[],
  words: Readonly<Record<string, string>>,
): Row<Caller> {
  const [, method = '', path = '', rest = ''] = /^ *([A-Z]+) +(\/\S*) +(.*)$/.exec(line) ?? [];
  const cells = columnsOf(rest).map((cell) => expectedOf(words[cell] ?? cell));
  const [first] = cells;
  if (first === undefined || (cells.length !== 1 && cells.length !== callers.length)) {
    throw new Error(`"${line.trim()}" has ${cells.length} cells: give one for all, or ${callers.length}`);
  }
  return { method, path, cells: new Map(callers.map((caller, place) => [caller, cells[place] ?? first])) };
}

function expectedOf(cell: string): Expected {
  const [, status, code] = /^(\d{3})(?: ([\w-]+))?$/.exec(cell) ?? [];
  if (status === undefined) throw new Error(`"${cell}" is neither a status nor one of the words`);
  if (Number(status) >= 400 && code === undefined) throw new Error(`"${cell}" says not why: write the code behind it`);
  return { status: Number(status), code };
}

/** Whether a line is about a route: `/users/{ada}` about `/users/:user_id`, and `/users/roles` not. */
export const isAbout = ({ method, path }: Row<string>, route: Pick<Route, 'method' | 'url'>): boolean =>
  method === route.method && path.replace(/\{\w+\}/g, ':') === route.url.replace(/:\w+/g, ':');

/** Routes without a line, and lines without a route or with another's. */
export function tableBreaches(
  rows: readonly Row<string>[],
  routes: readonly Pick<Route, 'method' | 'url'>[],
): string[] {
  const linesOf = (route: Pick<Route, 'method' | 'url'>) => rows.filter((row) => isAbout(row, route)).length;
  return [
    ...routes.flatMap((route) =>
      linesOf(route) === 1 ? [] : [`${route.method} ${route.url} has ${linesOf(route)} lines in the table of access`],
    ),
    ...rows.flatMap((row) =>
      routes.some((route) => isAbout(row, route)) ? [] : [`${row.method} ${row.path} is no route any more`],
    ),
  ];
}
