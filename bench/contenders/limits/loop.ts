import { parseArgs } from 'node:util';

/** What a loop has done, as one line of JSON on standard output. */
export interface Turns {
  readonly turns: number;
  readonly seconds: number;
  readonly cpuMs: number;
}

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    clients: { type: 'string', default: '32' },
    place: { type: 'string', default: '' },
    job: { type: 'string', default: '' },
  },
});

/** Where the loop's data is: a folder or a URL. */
export const { place, job } = values;
const warmUpMs = 500;

/** Several at once, each beginning again when it is done, until the time is over; a warm-up first. */
export async function loop(
  turn: (client: number) => Promise<unknown>,
  clients = Number(values.clients),
): Promise<void> {
  await during(turn, clients, warmUpMs);
  const { turns, seconds, cpuMs } = await during(turn, clients, Number(values.seconds) * 1_000);
  process.stdout.write(`${JSON.stringify({ turns, seconds, cpuMs } satisfies Turns)}\n`);
}

async function during(
  turn: (client: number) => Promise<unknown>,
  clients: number,
  milliseconds: number,
): Promise<Turns> {
  const [began, used] = [performance.now(), process.cpuUsage()];
  let turns = 0;
  const client = async (_: unknown, number: number) => {
    while (performance.now() - began < milliseconds) {
      await turn(number);
      turns += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const { user, system } = process.cpuUsage(used);
  return { turns, seconds: (performance.now() - began) / 1_000, cpuMs: (user + system) / 1e3 };
}
