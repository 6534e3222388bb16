import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startControl } from './storm/control-process.ts';
import { accepted, goodput, spread } from './storm/figures.ts';
import { openHouse } from './storm/house.ts';
import { type Load, startLoad } from './storm/load-process.ts';
import { coresOf, type Run, report, standstillOf } from './storm/report.ts';
import { slowOnes } from './storm/slow-ones.ts';

/**
 * Three times as many logins as the server can do, for a minute: how many it still does, how soon the others are refused, how fast
 * `GET /user` stays, and how soon all is well again. `npm run bench:storm -- [--seconds 60] [--factor 3] [--database postgres]`.
 *
 * The capacity is measured first, with the number of clients that gives most. Passwords are right, accounts take turns, and the logins
 * come from many addresses, so that the limits on attempts, which are on, refuse nobody. A control tells when the machine itself stood
 * still. Exits with 1 where a bar is missed, with 2 where the machine's standstill leaves one open. All that took too long is written to
 * data/bench/storm.json.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    'peak-seconds': { type: 'string', default: '8' },
    factor: { type: 'string', default: '3' },
    users: { type: 'string', default: '5000' },
    sources: { type: 'string', default: '100' },
    database: { type: 'string', default: 'sqlite' },
  },
});

const clientCounts = [2, 3, 4, 6];

const say = (text: string) => process.stdout.write(`${text}\n`);

/** The most logins a second that any number of clients gets done. */
async function measurePeak(load: Load): Promise<number> {
  await load.run({ kind: 'clients', clients: 4, seconds: 3 }); // warm-up
  const rates: number[] = [];
  for (const clients of clientCounts) {
    const outcome = await load.run({ kind: 'clients', clients, seconds: Number(values['peak-seconds']) });
    rates.push(goodput(outcome));
    say(
      `  ${clients} clients        ${goodput(outcome).toFixed(1)}/s, ${spread(accepted(outcome))} ms; ${coresOf(outcome)}`,
    );
  }
  return Math.max(...rates);
}

async function run(load: Load): Promise<Omit<Run, 'isEvidence'>> {
  say(`Capacity (${values.database}), logins and their p50 / p99 / max:`);
  const peak = await measurePeak(load);
  const calm = await load.run({ kind: 'clients', clients: 1, seconds: 3 });
  say(`  Calm: the machine stood ${standstillOf(calm)}`);
  const rate = peak * Number(values.factor);
  say(`Storm: ${rate.toFixed(0)} logins a second for ${values.seconds} s`);
  const storm = await load.run({ kind: 'arrivals', rate, seconds: Number(values.seconds) });
  const after = await load.run({ kind: 'clients', clients: 1, seconds: 10 });
  return { peak, calm, storm, after };
}

await using house = await openHouse(values.database, Number(values.users));
await using control = startControl();
await using load = startLoad(house, control, Number(values.sources));
say(`The machine's control: ${control.manner}.`);
if (!control.isEvidence)
  say('The server itself may delay it, so that its standstill is no evidence and excuses nothing.');
if (!load.hasPrecedence) say('The load has no precedence over the server: times include its own waiting for a core.');

const done = await run(load);
const verdicts = report({ ...done, isEvidence: control.isEvidence });
const folder = join(import.meta.dirname, '../data/bench');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'storm.json'), `${JSON.stringify(slowOnes(done.storm), undefined, 1)}\n`);
if (verdicts.includes('MISSED')) process.exitCode = 1;
else if (verdicts.includes('OPEN')) process.exitCode = 2;
