import type { Results } from './results.ts';
import { barTable, costTable, footprintTable, latencyTable, rateTable, refusalsOf, type Table } from './tables.ts';

/** Everything for a terminal. */
export const summaryOf = (results: Results): string =>
  [
    ...[barTable, rateTable, costTable, latencyTable, footprintTable].map((table) => aligned(table(results))),
    `Other programs had ${results.othersCores.toFixed(2)} cores busy. Medians of ${results.rounds} rounds (least–most).\n`,
    ...refusalsOf(results).map((text) => `${text}\n`),
    ...results.notRun.map((text) => `NOT RUN: ${text}\n`),
  ].join('\n');

function aligned(table: Table): string {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
