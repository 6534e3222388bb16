import { parseArgs } from 'node:util';
import { accepted, goodput, percentile, reads, recoveredAfter, refused, spread, statuses } from './storm/figures.ts';
import { openHouse } from './storm/house.ts';
import { type Load, startLoad, type Watched } from './storm/load-process.ts';

/**
 * Three times as many logins as the server can do, for a minute: how many it still does, how soon the others are refused, how fast
 * `GET /user` stays, and how soon all is well again. `npm run bench:storm -- [--seconds 60] [--factor 3] [--database postgres]`.
 *
 * The capacity is measured first, with the number of clients that gives most. Passwords are right, accounts take turns, and the logins
 * come from many addresses, so that the limits on attempts, which are on, refuse nobody. Exits with 1 where a bar is missed.
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

const bars = { goodput: 0.8, refusalMs: 50, readMs: 50, recoveryMs: 5_000 };
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

async function run(load: Load): Promise<boolean> {
  say(`Capacity (${values.database}), logins and their p50 / p99 / max:`);
  const peak = await measurePeak(load);
  const calm = await load.run({ kind: 'clients', clients: 1, seconds: 3 });
  const rate = peak * Number(values.factor);
  say(`Storm: ${rate.toFixed(0)} logins a second for ${values.seconds} s`);
  const storm = await load.run({ kind: 'arrivals', rate, seconds: Number(values.seconds) });
  const after = await load.run({ kind: 'clients', clients: 1, seconds: 10 });
  return judge({ peak, calm, storm, after });
}

function judge({ peak, calm, storm, after }: { peak: number; calm: Watched; storm: Watched; after: Watched }): boolean {
  const ratio = goodput(storm) / peak;
  const wellMs = 3 * percentile(accepted(calm), 50);
  // The last one is answered after the storm is over, and `after` begins when it is.
  const lastMs = Math.max(...storm.logins.map(([due, , ms]) => due + ms)) - storm.milliseconds;
  const recoveryMs = Math.max(0, lastMs) + recoveredAfter(after, wellMs);
  const { loop } = storm;
  say(`  answers          ${statuses(storm.logins)}; ${coresOf(storm)}`);
  say(`  load sent late   ${spread(storm.lag)} ms`);
  say(`  event loop late  ${[loop.p50, loop.p99, loop.max].map((it) => it.toFixed(1)).join(' / ')} ms`);
  say(`  login            ${spread(accepted(storm))} ms`);
  return [
    bar('goodput / peak', ratio.toFixed(3), ratio >= bars.goodput, `at least ${bars.goodput}`),
    bar(
      'refusals',
      `${spread(refused(storm))} ms`,
      percentile(refused(storm), 100) < bars.refusalMs,
      `all below ${bars.refusalMs} ms`,
    ),
    bar(
      'GET /user',
      `${spread(reads(storm))} ms`,
      percentile(reads(storm), 99) < bars.readMs,
      `p99 below ${bars.readMs} ms`,
    ),
    bar(
      'recovery',
      `${(recoveryMs / 1_000).toFixed(2)} s`,
      recoveryMs < bars.recoveryMs,
      `below ${bars.recoveryMs / 1_000} s`,
    ),
    bar('other answers', statuses(strange(storm)) || 'none', strange(storm).length === 0, 'none'),
  ].every((it) => it);
}

const strange = ({ logins }: Watched) => logins.filter(([, status]) => status !== 200 && status !== 503);

const coresOf = ({ cores: { server, load, others } }: Watched) =>
  `cores: server ${server.toFixed(2)}, load ${load.toFixed(2)}, others ${others.toFixed(2)}`;

function bar(name: string, figure: string, holds: boolean, wanted: string): boolean {
  say(`  ${name.padEnd(16)} ${figure.padEnd(26)} ${holds ? 'ok' : 'MISSED'} (${wanted})`);
  return holds;
}

await using house = await openHouse(values.database, Number(values.users));
await using load = startLoad(house, Number(values.sources));
if (!load.hasPrecedence) say('The load has no precedence over the server: times include its own waiting for a core.');
if (!(await run(load))) process.exitCode = 1;
