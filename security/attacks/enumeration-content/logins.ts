import { type Attack, control, judged } from '../../attack.ts';
import { answerTo, firstDifference, type RawRequest } from '../../bytes.ts';
import { everyFate, type Fated } from '../../fates.ts';
import type { Scene } from '../../scene.ts';

type Door = (who: Fated, from: string) => RawRequest;

const form = (fields: Readonly<Record<string, string>>, from: string): RawRequest => ({
  method: 'POST',
  path: '/token',
  headers: [
    ['X-Forwarded-For', from],
    ['Content-Type', 'application/x-www-form-urlencoded'],
  ],
  body: new URLSearchParams({ grant_type: 'password', ...fields }).toString(),
});

const logIn: Door = ({ email, password }, from) => ({
  method: 'POST',
  path: '/login',
  headers: [
    ['X-Forwarded-For', from],
    ['Content-Type', 'application/json'],
  ],
  body: JSON.stringify({ email, password }),
});

const doors: Readonly<Record<string, Door>> = {
  '/login': logIn,
  '/token by e-mail': ({ email, password }, from) => form({ username: email, password }, from),
  '/token by username': ({ username, password }, from) => form({ username, password }, from),
};

export const attack: Attack = {
  name: 'who exists, by the answers of /login and /token',
  wants: 'To know which names have an account, from one byte of a refusal that differs.',
  source: 'OWASP WSTG-IDNT-04; ASVS 5.0 6.3.8; CWE-204',
  async *attempts(scene) {
    const fates = await everyFate(scene);
    for (const [name, door] of Object.entries(doors)) {
      // By its username the besieged account is blocked for all to see, as any name would be.
      const asked = name === '/token by username' ? fates.filter(({ title }) => !title.includes('besieged')) : fates;
      yield* alike(scene, name, door, asked);
    }
    const { email, password } = await scene.person();
    const right = await scene.ask('POST', '/login', { json: { email, password } });
    yield control('a right password is answered otherwise', right.status === 200 ? undefined : right.text);
    yield* throttled(scene);
  },
};

async function* alike(scene: Scene, name: string, door: Door, fates: readonly Fated[]) {
  const [first, ...others] = fates;
  if (first === undefined) return;
  const reference = await answerTo(scene.url, door(first, scene.address()));
  const refused = /^HTTP\/1\.1 40[01] /.test(reference);
  yield control(`${name}: ${first.title} is refused`, refused ? undefined : reference.slice(0, 200));
  for (const other of others) {
    const answer = await answerTo(scene.url, door(other, scene.address()));
    yield judged(`${name}: ${other.title}`, firstDifference(reference, answer));
  }
}

/** Each name from an address of its own, until it has to wait. */
async function* throttled(scene: Scene) {
  const answers: string[] = [];
  const fates = (await everyFate(scene)).filter(({ title }) => !title.includes('besieged'));
  for (const [at, who] of fates.entries()) {
    // The two passwords at one account share its counters.
    if (fates.findIndex(({ email }) => email === who.email) !== at) continue;
    const from = scene.address();
    for (let guess = 0; guess < 10; guess += 1) await answerTo(scene.url, logIn(who, from));
    answers.push(await answerTo(scene.url, logIn(who, from)));
  }
  const [reference = '', ...others] = answers;
  yield control('strangers have to wait', reference.startsWith('HTTP/1.1 429') ? undefined : reference.slice(0, 200));
  for (const [at, other] of others.entries())
    yield judged(`a wait at name ${at + 2}`, firstDifference(reference, other));
}
