import type { Verdict } from './attack.ts';
import type { FamilyReport } from './suite.ts';

/** The figures of a family, or of all. */
export interface Counts {
  readonly attempted: number;
  readonly refused: number;
  readonly fellThrough: number;
  readonly controls: number;
  readonly controlsFound: number;
}

export function countsOf(verdicts: readonly Verdict[]): Counts {
  const count = (holds: (verdict: Verdict) => boolean) => verdicts.filter(holds).length;
  const refused = count(({ kind }) => kind === 'refused');
  const fellThrough = count(({ kind }) => kind === 'fell-through');
  return {
    attempted: refused + fellThrough,
    refused,
    fellThrough,
    controls: count(({ kind }) => kind === 'control'),
    controlsFound: count((verdict) => verdict.kind === 'control' && verdict.found),
  };
}

const verdictsOf = ({ attacks }: FamilyReport): Verdict[] => attacks.flatMap(({ verdicts }) => verdicts);

/** Whether nothing fell through and every control was found; nothing attempted is no success. */
export function isClean(reports: readonly FamilyReport[]): boolean {
  const { attempted, fellThrough, controls, controlsFound } = countsOf(reports.flatMap(verdictsOf));
  return attempted > 0 && fellThrough === 0 && controls === controlsFound;
}

const head = ['attack family', 'attempted', 'refused', 'fell through', 'controls found', 'seconds'];

/** One row for each family, and one for all. */
export function tableOf(reports: readonly FamilyReport[]): string {
  const secondsOf = ({ attacks }: FamilyReport) => attacks.reduce((sum, { seconds }) => sum + seconds, 0);
  const rows = reports.map((report) => rowOf(report.family, countsOf(verdictsOf(report)), secondsOf(report)));
  const seconds = reports.reduce((sum, report) => sum + secondsOf(report), 0);
  return aligned([head, ...rows, rowOf('all', countsOf(reports.flatMap(verdictsOf)), seconds)]);
}

function rowOf(name: string, counts: Counts, seconds: number): string[] {
  const { attempted, refused, fellThrough, controls, controlsFound } = counts;
  const figures = [attempted, refused, fellThrough].map((figure) => figure.toLocaleString('en'));
  return [name, ...figures, `${controlsFound} of ${controls}`, seconds.toFixed(1)];
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? '')].length)));
  const lineOf = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join(' | ');
  const rule = widths.map((width) => '-'.repeat(width)).join('-|-');
  const [first = [], ...rest] = rows;
  return `${[lineOf(first), rule, ...rest.map(lineOf)].join('\n')}\n`;
}

const mostDetails = 10;

/** What does not fit into a table: notes, what fell through and how, controls that were not found. */
export function detailsOf(reports: readonly FamilyReport[]): string {
  const lines = reports.flatMap(({ family, attacks }) =>
    attacks.flatMap(({ attack, verdicts }) => linesOf(`${family}/${attack.name}`, attack, verdicts)),
  );
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function linesOf(title: string, { wants, source }: { wants: string; source: string }, verdicts: readonly Verdict[]) {
  const notes = verdicts.flatMap((it) => (it.kind === 'note' ? [`  note: ${it.text}`] : []));
  const lost = verdicts.flatMap((it) =>
    it.kind === 'control' && !it.found ? [`  CONTROL NOT FOUND: ${it.what}: ${it.how}`] : [],
  );
  const through = verdicts.flatMap((it) =>
    it.kind === 'fell-through' ? [`  FELL THROUGH: ${it.what}: ${it.how}`] : [],
  );
  const hidden = through.length > mostDetails ? [`  and ${through.length - mostDetails} more`] : [];
  const found = [...lost, ...through.slice(0, mostDetails), ...hidden];
  const why = found.length === 0 ? [] : [`  wanted: ${wants} (${source})`];
  return notes.length + found.length === 0 ? [] : [title, ...why, ...found, ...notes];
}
