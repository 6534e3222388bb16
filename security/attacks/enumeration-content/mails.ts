import { type Attack, control, judged } from '../../attack.ts';
import { answerTo, firstDifference, type RawRequest } from '../../bytes.ts';
import { everyFate, type Fated } from '../../fates.ts';
import type { Scene } from '../../scene.ts';

type Door = (who: Pick<Fated, 'email'>, from: string) => RawRequest;

const doorTo =
  (path: string, more: object = {}): Door =>
  ({ email }, from) => ({
    method: 'POST',
    path,
    headers: [
      ['X-Forwarded-For', from],
      ['Content-Type', 'application/json'],
    ],
    body: JSON.stringify({ email, ...more }),
  });

/** In this order: what is tried of a code comes behind the asking for it. */
const doors: Readonly<Record<string, readonly [door: Door, status: number]>> = {
  '/password/forgot': [doorTo('/password/forgot'), 202],
  '/login/email': [doorTo('/login/email'), 202],
  '/login/email/verify': [doorTo('/login/email/verify', { code: '000000' }), 422],
};

export const attack: Attack = {
  name: 'who exists, by the answers to whoever asks for a mail',
  wants: 'To know which addresses have an account, from one byte of an answer that differs.',
  source: 'OWASP Forgot Password; WSTG-IDNT-04; ASVS 5.0 6.3.8; CWE-204',
  async *attempts(scene) {
    const fates = onePerAddress(await everyFate(scene));
    for (const [name, [door, status]] of Object.entries(doors)) yield* alike(scene, name, door, status, fates);
    yield* throttled(scene, fates);
  },
};

/** What became of an account; its password is not asked for here. */
const onePerAddress = (fates: readonly Fated[]): Fated[] =>
  fates.filter(({ email }, at) => fates.findIndex((other) => other.email === email) === at);

async function* alike(scene: Scene, name: string, door: Door, status: number, fates: readonly Fated[]) {
  const [first, ...others] = fates;
  if (first === undefined) return;
  const reference = await answerTo(scene.url, door(first, scene.address()));
  const isHeard = reference.startsWith(`HTTP/1.1 ${status} `);
  yield control(`${name}: ${first.title} is heard`, isHeard ? undefined : reference.slice(0, 200));
  for (const other of others) {
    yield judged(
      `${name}: ${other.title}`,
      firstDifference(reference, await answerTo(scene.url, door(other, scene.address()))),
    );
  }
}

/** Each from addresses of their own, until they have to wait. */
async function* throttled(scene: Scene, fates: readonly Fated[]) {
  const ask = doorTo('/password/forgot');
  const answers: string[] = [];
  for (const who of fates) {
    for (let asking = 0; asking < 4; asking += 1) await answerTo(scene.url, ask(who, scene.address()));
    answers.push(await answerTo(scene.url, ask(who, scene.address())));
  }
  const [reference = '', ...others] = answers;
  yield control('who asks on has to wait', reference.startsWith('HTTP/1.1 429') ? undefined : reference.slice(0, 200));
  for (const [at, other] of others.entries()) {
    yield judged(`a wait at ${fates[at + 1]?.title}`, firstDifference(reference, other));
  }
}
