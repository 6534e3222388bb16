import assert from 'node:assert/strict';
import type { Scheduler } from 'fast-check';
import { explain, type Observation } from './explain.ts';
import { beginning, type Ground, type Machine } from './ground.ts';
import type { Turn } from './interleaved-database.ts';
import { register } from './invariants.ts';
import type { Landmark } from './landmarks.ts';
import { type Act, type Answer, apply, type Rules, type State } from './model.ts';
import { answerOf, Crashed, type Issued, type Node, rulesOf } from './node.ts';
import { type Outcome, type Request, type Seen, type Situation, skewMs } from './seen.ts';

/** One run of the world: what happens in it, what is seen of it, and in which states the model says that it may be. */
export interface History {
  readonly situation: Situation;
  readonly rules: Rules;
  readonly machines: readonly [Machine, Machine];
  readonly user: { readonly name: string; readonly issued: Issued };
  /** By number. */
  readonly sessions: Map<number, Seen>;
  readonly reached: Set<Landmark>;
  /** In words, for whoever has to understand a failure. */
  readonly log: string[];
  readonly possible: readonly State[];
  /** True time, which no machine needs to know. */
  readonly now: number;
  /** Which password the user has, as far as they know, and how many they have thought of. */
  readonly password: { known: number; last: number };
  /** The last moment at which a revocation was under way. */
  revokedAt: number;
  /** Runs several at once, in the order that the scheduler draws, and asks the model whether it can explain what was answered. */
  together(works: readonly (() => Promise<void>)[]): Promise<void>;
  /** The same for one alone, without the scheduler. */
  alone(work: () => Promise<void>): Promise<void>;
  /** A request leaves for a machine; `send` then has it answered. */
  begin(title: string, machine: Machine, token?: string): Request;
  send<T>(request: Request, work: (node: Node) => Promise<T>, success: Answer): Promise<Outcome<T>>;
  /** What the model has to explain: that this was answered so; `undefined` where that cannot be known. */
  observe(request: Request, acts: Act | readonly Act[], answer: Answer | undefined): void;
  /** How many sessions have begun, or are about to. */
  readonly places: number;
  /** The number of a session that is about to begin. */
  claimPlace(): number;
  wait(milliseconds: number): void;
  setClock(machine: Machine, offset: number): void;
  kill(machine: Machine): void;
}

const diedBefore = 'a node that died before the commit';
const diedAfter = 'a node that died between commit and answer';
let users = 0;

/** A user with two sessions, and two machines. */
export async function beginHistory(ground: Ground, situation: Situation, scheduler: Scheduler): Promise<History> {
  const rules = rulesOf(situation.strict);
  const { machines, time } = await ground.site(situation.strict, situation.isolation);
  time.now = beginning;
  for (const machine of machines) Object.assign(machine, { offset: 0, doomed: false });
  users += 1;
  const name = `user${users}`;
  let moment = 0;
  let calm = false;
  let possible: readonly State[] = [{ user: 'active', password: 0, sessions: [] }];
  const inFlight = new Set<Request>();
  const observed: Observation[] = [];
  const statements: Request[] = [];
  const sessions = new Map<number, Seen>();
  let places = 0;
  const reached = new Set<Landmark>();
  const log: string[] = [];

  const turnOf =
    (request: Request): Turn =>
    async (what, { fatal, statement }) => {
      // What goes on in the background after the answer (the ring of keys reads itself again) is nobody's request any more.
      if (request.ended !== Number.POSITIVE_INFINITY) return;
      await scheduler.schedule(Promise.resolve(), `${request.name} ${what}`);
      log.push(`    ${request.name}: ${what}`);
      if (what === 'has committed') {
        request.committed = true;
        if (request.machine.doomed) history.kill(request.machine);
      }
      if (statement && request.token !== '') statements.push(request);
      if (fatal && request.machine.deaths !== request.deaths) throw new Crashed();
    };

  const settle = (): void => {
    if (mixed(statements)) reached.add('the statements of two refreshes of a session mixed');
    statements.length = 0;
    const before = possible;
    possible = explain(before, observed.splice(0), rules);
    if (possible.length > 0) return;
    assert.fail(`no order of these requests explains the answers; before them: ${JSON.stringify(before)}`);
  };

  const tell = (readings: (machine: Machine) => number | undefined): void => {
    for (const request of inFlight) {
      const reading = readings(request.machine);
      if (reading !== undefined) request.readings.push(reading);
    }
  };

  const history: History = {
    situation,
    rules,
    machines,
    user: { name, issued: await machines[0].node.signUp(name) },
    sessions,
    reached,
    log,
    password: { known: 0, last: 0 },
    revokedAt: -1,
    get possible() {
      return possible;
    },
    get places() {
      return places;
    },
    get now() {
      return time.now;
    },

    async together(works) {
      const begun = works.map((work) => scheduler.schedule(Promise.resolve(), 'a request leaves').then(work));
      const settled = await scheduler.waitFor(Promise.allSettled(begun));
      await scheduler.waitIdle();
      for (const outcome of settled) if (outcome.status === 'rejected') throw outcome.reason;
      settle();
    },

    async alone(work) {
      calm = true;
      await work().finally(() => {
        calm = false;
      });
      settle();
    },

    begin(title, machine, token = '') {
      moment += 1;
      const request: Request = {
        name: `#${moment} ${title} on ${machine.name}`,
        machine,
        began: moment,
        deaths: machine.deaths,
        token,
        readings: [time.now + machine.offset],
        ended: Number.POSITIVE_INFINITY,
        committed: false,
      };
      inFlight.add(request);
      return request;
    },

    async send(request, work, success) {
      const { machine } = request;
      log.push(`    ${request.name}: is sent`);
      const working = () => work(machine.node);
      const outcome = await (calm ? working() : ground.as({ turn: turnOf(request) }, working)).then(
        (result) => ({ answer: success, result }),
        (error: unknown) => ({ answer: answerOf(error), result: undefined }),
      );
      moment += 1;
      request.ended = moment;
      inFlight.delete(request);
      log.push(`    ${request.name}: ${outcome.answer ?? 'is never answered'}`);
      if (outcome.answer === undefined) reached.add(request.committed ? diedAfter : diedBefore);
      return { request, ...outcome };
    },

    observe({ began, ended, readings }, acts, answer) {
      observed.push({ acts: [acts].flat() as readonly Act[], answer, began, ended, readings });
    },

    claimPlace() {
      places += 1;
      return places - 1;
    },

    wait(milliseconds) {
      log.push(`  ${milliseconds} ms go by`);
      time.now += milliseconds;
      tell((machine) => time.now + machine.offset);
    },

    setClock(machine, offset) {
      assert.ok(Math.abs(offset) * 2 <= skewMs);
      log.push(`  the clock of ${machine.name} is now ${offset} ms ahead`);
      if (offset < machine.offset && [...inFlight].some((request) => request.machine === machine))
        reached.add('a clock that stepped back under a request');
      machine.offset = offset;
      tell((other) => (other === machine ? time.now + offset : undefined));
    },

    kill(machine) {
      if (machine.spare === undefined) return;
      log.push(`  ${machine.name} dies, and starts again`);
      machine.deaths += 1;
      machine.doomed = false;
      machine.node = machine.spare;
      machine.spare = undefined;
    },
  };

  for (const machine of machines) machine.spare ??= await machine.replace();
  const second = await machines[1].node.logIn(name, 0);
  for (const issued of [history.user.issued, second]) {
    const { place } = register(history, history.claimPlace(), issued, beginning);
    possible = possible.map(
      (state) => apply(state, { kind: 'log-in', session: place, password: 0 }, beginning, rules).state,
    );
  }
  return history;
}

/** Whether a refresh had a statement between two of another refresh of the same session. */
function mixed(statements: readonly Request[]): boolean {
  const sessionOf = ({ token }: Request) => token.split(' ')[0];
  return statements.some((request, at) => {
    const next = statements.indexOf(request, at + 1);
    const between = statements.slice(at + 1, Math.max(at + 1, next));
    return between.some((other) => sessionOf(other) === sessionOf(request));
  });
}
