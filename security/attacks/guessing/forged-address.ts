import { type Attack, judged } from '../../attack.ts';
import type { Scene } from '../../scene.ts';

/** What an enemy puts into a request so that each seems to come from elsewhere. */
const disguises: Readonly<Record<string, (address: string, own: string) => readonly (readonly [string, string])[]>> = {
  'a forged hop before our own': (address, own) => [['X-Forwarded-For', `${address}, ${own}`]],
  'ten forged hops': (address, own) => [['X-Forwarded-For', `${`${address}, `.repeat(10)}${own}`]],
  'a forged header above the true one': (address, own) => [
    ['X-Forwarded-For', address],
    ['X-Forwarded-For', own],
  ],
  'other headers': (address, own) => [
    ['Forwarded', `for=${address}`],
    ['X-Real-IP', address],
    ['True-Client-IP', address],
    ['CF-Connecting-IP', address],
    ['X-Client-IP', address],
    ['X-Cluster-Client-IP', address],
    ['X-Originating-IP', address],
    ['X-Forwarded-For', own],
  ],
};

export const attack: Attack = {
  name: 'forged addresses',
  wants: 'To be a new source with every guess.',
  source: 'CWE-348; RFC 7239 §8.1; OWASP "X-Forwarded-For" bypass',
  async *attempts(scene) {
    for (const [what, headersOf] of Object.entries(disguises)) {
      const heard = await heardOf(scene, (address, own) => headersOf(address, own));
      yield judged(what, heard <= 10 ? undefined : `${heard} of 14 guesses were heard`);
    }
    const heard = await heardOf(scene, (_, __, number) => [['X-Forwarded-For', `2001:db8:1:2:${number}::${number}`]]);
    yield judged('the addresses of one IPv6 network', heard <= 10 ? undefined : `${heard} of 14 guesses were heard`);
  },
};

async function heardOf(
  scene: Scene,
  headersOf: (address: string, own: string, number: number) => readonly (readonly [string, string])[],
): Promise<number> {
  const own = scene.address();
  const email = `${scene.account().username}@example.net`;
  let heard = 0;
  for (let number = 0; number < 14; number += 1) {
    const body = JSON.stringify({ email, password: 'a guess' });
    const headers = [['Content-Type', 'application/json'] as const, ...headersOf(scene.address(), own, number)];
    const { status } = await scene.wire.send({ method: 'POST', path: '/login', headers, body });
    if (status === 401) heard += 1;
  }
  return heard;
}
