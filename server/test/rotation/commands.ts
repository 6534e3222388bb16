import fc, { type AsyncCommand } from 'fast-check';
import type { History } from './history.ts';
import {
  access,
  administer,
  changePassword,
  endOthers,
  logIn,
  logOut,
  type Revocation,
  refresh,
  revoke,
} from './requests.ts';
import { type Seen, skewMs } from './seen.ts';

/** One thing that somebody does. Who and what exactly is settled when it is its turn: `session`, `age` count round what is there. */
interface Deed {
  readonly what: keyof typeof deeds;
  readonly session: number;
  readonly node: 0 | 1;
  /** Generations back from the newest; of access tokens likewise. */
  readonly age: number;
  /** The answer is lost on its way. */
  readonly lost: boolean;
  /** Who got no answer asks again at once, perhaps elsewhere. */
  readonly retries: boolean;
  readonly retriesAt: 0 | 1;
  readonly milliseconds: number;
  readonly offset: number;
}

type Work = () => Promise<void>;

const sessionOf = ({ sessions }: History, { session }: Deed): Seen =>
  [...sessions.values()][session % sessions.size] as Seen;

const newestOf = ({ tokens }: Seen): number => tokens.length - 1;

/**
 * A tab of the owner. All tabs share one storage. A tab decides to refresh because of what it sees there; when its turn comes and
 * another tab has stored something newer, it takes that instead. It keeps what it gets, unless that is lost.
 */
function tab(history: History, deed: Deed): Work {
  const seen = sessionOf(history, deed);
  const generation = seen.stored;
  return async () => {
    for (const [round, node] of [deed.node, deed.retriesAt].entries()) {
      if (seen.stored !== generation || (round === 1 && !deed.retries)) return;
      const { answer } = await refresh(history, seen, generation, { machine: history.machines[node], by: 'tab' });
      if (round === 1 && answer === 'issued') history.reached.add('an answer lost and asked for again');
      const arrives = answer !== undefined && !(deed.lost && round === 0);
      if (answer === 'issued' && arrives) seen.stored = Math.max(seen.stored, generation + 1);
      if (arrives) return;
    }
  };
}

/** A client that has no patience: it uses what it gets at once, while others may still be asking with what it had. */
function impatient(history: History, deed: Deed): Work {
  const seen = sessionOf(history, deed);
  return async () => {
    const by = { machine: history.machines[deed.node], by: 'impatient client' } as const;
    for (let left = 2; left > 0; left -= 1) {
      const generation = seen.stored;
      if ((await refresh(history, seen, generation, by)).answer !== 'issued') return;
      seen.stored = Math.max(seen.stored, generation + 1);
    }
  };
}

/** Whoever has copied a token and uses it some day, also what came of it. */
function thief(history: History, deed: Deed): Work {
  const seen = sessionOf(history, deed);
  const generation = Math.max(0, newestOf(seen) - deed.age);
  return async () => {
    await refresh(history, seen, generation, { machine: history.machines[deed.node], by: 'thief' });
  };
}

const tokenOf = ({ lost }: Deed) => (lost ? 'access' : 'refresh');

const revocation =
  (choose: (history: History, deed: Deed) => Revocation) =>
  (history: History, deed: Deed): Work =>
  async () => {
    await revoke(history, history.machines[deed.node], choose(history, deed));
  };

const deeds = {
  tab,
  impatient,
  thief,
  access: (history, deed) => () => {
    const seen = sessionOf(history, deed);
    return access(history, seen, Math.max(0, seen.access.length - 1 - deed.age), history.machines[deed.node]);
  },
  'log in': (history, deed) => () => logIn(history, history.machines[deed.node]),
  'log out': revocation((history, deed) => logOut(sessionOf(history, deed), tokenOf(deed), deed.retries)),
  'end others': revocation((history, deed) => endOthers(history, sessionOf(history, deed))),
  'end all': revocation((history) => administer(history, 'end-all')),
  disable: revocation((history) => administer(history, 'disable')),
  enable: revocation((history) => administer(history, 'enable')),
  remove: revocation((history) => administer(history, 'remove')),
  'change password': (history, deed) => () =>
    changePassword(history, sessionOf(history, deed), history.machines[deed.node]),
  'set clock': (history, deed) => async () => history.setClock(history.machines[deed.node], deed.offset),
  tick: (history, deed) => async () => history.wait(deed.milliseconds),
  /** At once, or with the next commit, which is then never answered. */
  die: (history, deed) => async () => {
    const machine = history.machines[deed.node];
    if (deed.lost) machine.doomed = true;
    else history.kill(machine);
  },
} satisfies Record<string, (history: History, deed: Deed) => Work>;

const harmless = new Set(['tab', 'access', 'log in', 'set clock', 'tick', 'die']);
/** What they promise against others at the same time rests on a transaction that locks the user, and not on one statement. */
const needsTransactions = new Set(['change password', 'enable']);

const isPossible = ({ situation }: History, { what }: Deed): boolean =>
  (harmless.has(what) || !situation.peaceful) &&
  (!needsTransactions.has(what) || situation.isolation === 'transactions');

const node = fc.constantFrom<0 | 1>(0, 1);
const grace = 10_000;
const deed: fc.Arbitrary<Deed> = fc.record({
  what: fc.oneof(
    { weight: 10, arbitrary: fc.constant('tab' as const) },
    { weight: 4, arbitrary: fc.constantFrom('thief' as const, 'impatient' as const) },
    { weight: 3, arbitrary: fc.constant('access' as const) },
    { weight: 4, arbitrary: fc.constantFrom('set clock' as const, 'tick' as const, 'die' as const) },
    { weight: 2, arbitrary: fc.constantFrom('log out' as const, 'end others' as const, 'end all' as const) },
    { weight: 2, arbitrary: fc.constantFrom('change password' as const, 'log in' as const) },
    { weight: 1, arbitrary: fc.constantFrom('disable' as const, 'enable' as const, 'remove' as const) },
  ),
  session: fc.nat({ max: 2 }),
  node,
  age: fc.nat({ max: 3 }),
  lost: fc.boolean(),
  retries: fc.boolean(),
  retriesAt: node,
  milliseconds: fc.constantFrom(1, 1_000, grace - skewMs - 1, grace),
  offset: fc.integer({ min: -skewMs / 2, max: skewMs / 2 }),
});

/** While there is a user, something can happen. */
const check = ({ possible }: Readonly<History>): boolean => possible.some(({ user }) => user !== 'deleted');

/** Some things at once, in whatever order. */
const together = (chosen: readonly Deed[]): AsyncCommand<History, History> => ({
  check,
  async run(_model, history) {
    const meant = chosen.map((it) => (isPossible(history, it) ? it : { ...it, what: 'tab' as const }));
    history.log.push(`  at once: ${meant.map(({ what }) => what).join(', ')}`);
    await history.together(meant.map((it) => deeds[it.what](history, it)));
  },
  toString: () => `at once: ${chosen.map(wordsOf).join(', ')}`,
});

const wordsOf = ({ what, session, node: at, ...rest }: Deed): string => {
  const details = what === 'tab' ? ` lost ${rest.lost} retries ${rest.retries && rest.retriesAt}` : ` ${rest.age}`;
  return `${what} (s${session} on ${'AB'[at]}${details})`;
};

const pause = (milliseconds: number): AsyncCommand<History, History> => ({
  check,
  run: async (_model, history) => history.wait(milliseconds),
  toString: () => `${milliseconds} ms go by`,
});

/** Around the grace, the life of an access token, the idle life, the absolute one. */
const pauses = [1, 2_000, grace - skewMs - 1, grace - 1, grace, grace + skewMs, 61_000, 80_000_000, 86_400_000];

/** What may happen, one after the other. */
export const commands = (options: { readonly replayPath?: string }) =>
  fc.commands(
    [
      fc.array(deed, { minLength: 1, maxLength: 4 }).map(together),
      fc.array(deed, { minLength: 2, maxLength: 4 }).map(together),
      fc.constantFrom(...pauses).map(pause),
    ],
    { maxCommands: 7, size: 'max', ...options },
  );
