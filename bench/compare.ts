import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeReport } from './harness/report.ts';
import { runBenchmark } from './harness/run.ts';
import { summaryOf } from './harness/summary.ts';

/**
 * Keyward beside its peers and beside what no server can surpass, in one run: `npm run bench`. How and why: docs/benchmarks.md.
 *
 * `--quick` takes under three minutes and writes to data/bench alone; the whole run writes docs/benchmarks.md, its JSON and its chart.
 * `--rounds N` and `--only "Better Auth"` are for those who work on it; with `--only` nothing is written to docs either.
 */
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string' },
  },
});
const rounds = Number(values.rounds ?? (values.quick ? '2' : '5'));
if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds must be a whole number from 1');

const folder = mkdtempSync(join(tmpdir(), 'keyward-bench-'));
const say = (text: string) => process.stderr.write(`${text}\n`);
try {
  const results = await runBenchmark({ folder, rounds, quick: values.quick, only: values.only, say });
  process.stdout.write(summaryOf(results));
  const out = join(import.meta.dirname, '../data/bench');
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'benchmarks.json'), `${JSON.stringify(results, undefined, 1)}\n`);
  if (values.quick || values.only !== undefined)
    say('Written to data/bench/benchmarks.json. The documents are as they were.');
  else say(`Written to ${writeReport(results).join(', ')}.`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
