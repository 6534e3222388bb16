import fc from 'fast-check';
import type { Person } from '../people.ts';
import type { Scene } from '../scene.ts';
import type { WireAnswer } from '../wire.ts';
import { curlOf } from './curl.ts';
import { exampleFor } from './examples.ts';
import type { Judge } from './judge.ts';
import type { ApiDocument, Operation } from './operations.ts';
import { type Drawn, type Rendered, type Role, render, requestsOf } from './request.ts';
import { createThings, type Things } from './things.ts';
import { wordsIn } from './words.ts';

/** What was found at one operation, as one kind of caller. */
export interface Hunted {
  readonly requests: number;
  readonly successes: number;
  /** What was wrong with the smallest request for which something was, and how to send it. */
  readonly fault: string | undefined;
}

/** Who asks, and about whom; with others in their places when they are used up. */
export interface Players {
  readonly role: Role;
  own(): Promise<Person>;
  other(): Promise<Person>;
  readonly things: Things;
  /** The next request finds somebody new. */
  replace(which: 'own' | 'other'): void;
}

export function createPlayers(scene: Scene, role: Role): Players {
  const held: { own?: Promise<Person>; other?: Promise<Person> } = {};
  return {
    role,
    own: () => {
      held.own ??= role === 'admin' ? scene.holder() : scene.person();
      return held.own;
    },
    other: () => {
      held.other ??= scene.person();
      return held.other;
    },
    things: createThings(scene, { ownKeys: role === 'admin' }),
    replace: (which) => {
      delete held[which];
    },
  };
}

class Found extends Error {}

/** Sends requests to an operation until one is answered wrongly, and then ever smaller ones. */
export async function hunt(
  scene: Scene,
  { document, judge }: { document: ApiDocument; judge: Judge },
  operation: Operation,
  players: Players,
  { runs, seed }: { runs: number; seed: number },
): Promise<Hunted> {
  let [requests, successes] = [0, 0];
  const property = fc.asyncProperty(requestsOf(operation, document.schemas), async (drawn) => {
    const { rendered, answer } = await send(scene, operation, drawn, players);
    requests += 1;
    if (answer.status < 300) successes += 1;
    const { request, onTarget } = rendered;
    const hasToken = players.role !== 'anonymous';
    const faults = judge({ operation, method: request.method ?? 'GET', onTarget, hasToken }, answer);
    if (faults.length > 0) throw new Found(`${faults.join('; ')}\n    ${curlOf(scene.url, request)}`);
  });
  const example = exampleFor(operation.operationId);
  const examples: [Drawn][] = example === undefined ? [] : [[example]];
  // Whose password was tried too often at the operation before is refused with the right one.
  if (wordsIn(example).includes('password')) players.replace('own');
  const found = await fc.check(property, { numRuns: runs, seed, examples });
  const fault = found.failed
    ? found.errorInstance instanceof Error
      ? found.errorInstance.message
      : 'no answer'
    : undefined;
  return { requests, successes, fault };
}

async function send(scene: Scene, operation: Operation, drawn: Drawn, players: Players) {
  const [own, other, words] = [await players.own(), await players.other(), wordsIn(drawn)];
  const cast = { own, other, fresh: scene.account, things: await players.things.named(words, own) };
  const rendered = render(operation, drawn, players.role, cast, scene.address());
  const answer = await scene.wire.send(rendered.request);
  if (mayHaveEnded(operation, rendered, answer, players.role)) players.replace('own');
  if (answer.status < 300 && operation.path.includes('{user_id}')) players.replace('other');
  if (answer.status < 300 && rendered.request.method !== 'GET') players.things.replace();
  return { rendered, answer };
}

/** What ends nobody who asks, whatever they ask. */
const changesOthers =
  /^(?:signUp|logIn|introspectToken|createUser|createApiKey|revokeApiKeys?|(?:create|update|delete|preview)Role|(?:register|remove)Permission)$/;

/** Whether who asked may be gone after this, has to wait, or has used their refresh token. */
function mayHaveEnded(operation: Operation, { request }: Rendered, { status }: WireAnswer, role: Role): boolean {
  const { method, operationId, needsToken } = operation;
  if (status === 401) return needsToken && role !== 'anonymous';
  if (status === 429) return true;
  const changes = method !== 'GET' || operationId === 'refreshAccessTokenByCookie' || request.method !== method;
  return status < 300 && changes && !changesOthers.test(operationId);
}
