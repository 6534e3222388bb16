import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chartOf } from './chart.ts';
import type { Results } from './results.ts';
import { barTable, costTable, footprintTable, latencyTable, rateTable, refusalsOf, type Table } from './tables.ts';

const root = join(import.meta.dirname, '../..');
const begin = '<!-- measured: begin -->';
const end = '<!-- measured: end -->';

/** Writes what was measured into the documents. @returns their paths */
export function writeReport(results: Results): string[] {
  const page = readFileSync(join(root, 'docs/benchmarks.md'), 'utf8');
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`docs/benchmarks.md has no ${begin} … ${end}`);
  const written = {
    'docs/benchmarks.md': `${before}${begin}\n\n${measured(results)}\n${end}${after}`,
    'docs/benchmarks.json': `${JSON.stringify(results, undefined, 1)}\n`,
    'docs/benchmarks.svg': chartOf(results),
  };
  for (const [path, text] of Object.entries(written)) writeFileSync(join(root, path), text);
  return Object.keys(written);
}

const measured = (results: Results): string =>
  [
    circumstances(results),
    '![Requests for each CPU second, Keyward and its peers](benchmarks.svg)\n',
    ...[barTable, rateTable, costTable, latencyTable, footprintTable].map((table) => markdownOf(table(results))),
    ...refusalsOf(results).map((it) => `${it}\n`),
    ...(results.notRun.length === 0 ? [] : [`Not run:\n\n${results.notRun.map((it) => `- ${it}\n`).join('')}`]),
  ].join('\n');

function circumstances({ at, rounds, machine, versions, othersCores, loadHasPrecedence }: Results): string {
  const { cores, processor, memoryGib, system, fileSystem } = machine;
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const precedence = loadHasPrecedence ? 'goes before the servers' : 'has no precedence over the servers';
  return `${at}. ${cores} cores (${processor}), ${memoryGib} GiB, ${system}, databases on ${fileSystem}. ${rounds} rounds: medians (least–most). Other
programs had ${othersCores.toFixed(2)} cores busy meanwhile; the load ${precedence}. ${list.join(', ')}.\n`;
}

function markdownOf([head = [], ...rows]: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}
