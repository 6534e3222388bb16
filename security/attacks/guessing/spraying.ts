import { setTimeout as sleep } from 'node:timers/promises';
import { type Attack, control, judged } from '../../attack.ts';
import type { Scene } from '../../scene.ts';

async function guessAt(scene: Scene, email: string, from: string): Promise<number> {
  const { status } = await scene.ask('POST', '/login', { json: { email, password: 'Summer2026!' }, from });
  return status;
}

export const attack: Attack = {
  name: 'one password at many accounts',
  wants: 'Any account at all, with a few common passwords at each of many names.',
  source: 'OWASP Credential Stuffing Prevention (password spraying); MITRE ATT&CK T1110.003',
  async *attempts(scene) {
    const one = scene.address();
    let heard = 0;
    for (let number = 0; number < 150; number += 1) {
      if ((await guessAt(scene, `sprayed${number}@example.com`, one)) === 401) heard += 1;
    }
    yield judged('150 names from one address', heard <= 100 ? undefined : `${heard} guesses were heard`);

    for (let number = 0; number < 320; number += 1)
      await guessAt(scene, `victim${number}@example.com`, scene.address());
    // A node looks every five seconds whether somebody sprays.
    await sleep(5_100);
    const from = scene.address();
    const statuses: number[] = [];
    for (let number = 0; number < 8; number += 1) statuses.push(await guessAt(scene, 'last@example.com', from));
    const fast = statuses.filter((status) => status === 401).length;
    yield judged(
      'after 320 names from 320 addresses: more guesses at one',
      fast <= 5 ? undefined : `${fast} were heard`,
    );

    const owner = await scene.person();
    const again = await scene.ask('POST', '/login', { json: { email: owner.email, password: owner.password } });
    yield control('an honest stranger is let in meanwhile', again.status === 200 ? undefined : again.text);
  },
};
