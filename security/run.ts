/**
 * `npm run security -- [--quick] [--only <family>] [--seed <n>]`
 *
 * Attacks servers that it starts itself, on loopback, in processes and folders of their own: docs/security-testing.md.
 */
import { parseArgs } from 'node:util';
import { familyNames, loadFamily } from './discover.ts';
import { type AttackReport, type FamilyReport, runFamily } from './suite.ts';
import { countsOf, detailsOf, isClean, tableOf } from './table.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    seed: { type: 'string' },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const all = familyNames();
const unknown = values.only.find((name) => !all.includes(name));
if (unknown !== undefined || !Number.isSafeInteger(seed)) {
  process.stderr.write(
    `usage: npm run security -- [--quick] [--only FAMILY]... [--seed N]\nfamilies: ${all.join(', ')}\n`,
  );
  process.exit(2);
}

const wanted = values.only.length === 0 ? all : all.filter((name) => values.only.includes(name));
const reports: FamilyReport[] = [];
process.stdout.write(`seed ${seed}${values.quick ? ', quick' : ''}\n`);
for (const name of wanted) {
  const family = await loadFamily(name);
  const tell = (report: AttackReport) => process.stdout.write(lineOf(name, report));
  reports.push(await runFamily(family, { quick: values.quick, seed }, tell));
}
process.stdout.write(`\n${detailsOf(reports)}\n${tableOf(reports)}`);
const again = `npm run security -- ${values.quick ? '--quick ' : ''}--seed ${seed}`;
const clean = isClean(reports);
process.stdout.write(clean ? 'Nothing fell through.\n' : `Something is wrong. To repeat: ${again}\n`);
process.exitCode = clean ? 0 : 1;

function lineOf(family: string, { attack, verdicts, seconds }: AttackReport): string {
  const { attempted, fellThrough, controls, controlsFound } = countsOf(verdicts);
  const lost = controls === controlsFound ? '' : `, ${controls - controlsFound} CONTROLS NOT FOUND`;
  const through = fellThrough === 0 ? '' : `, ${fellThrough} FELL THROUGH`;
  return `${`${family}/${attack.name}`.padEnd(64)} ${String(attempted).padStart(6)} in ${seconds.toFixed(1)} s${through}${lost}\n`;
}
