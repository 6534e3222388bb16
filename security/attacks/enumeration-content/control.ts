import { type Attack, control } from '../../attack.ts';
import { answerTo, firstDifference } from '../../bytes.ts';
import { openScene } from '../../scene.ts';
import { weakServer } from '../../weak/script.ts';

export const attack: Attack = {
  name: 'control: a server that tells by one letter',
  wants: 'Nothing: it must be found, or the other findings of this family are worth nothing.',
  source: 'CWE-204',
  async *attempts({ quick, seed }) {
    await using scene = await openScene({ quick, seed, ...weakServer('telling') });
    const { email } = await scene.person();
    const { email: unknown } = scene.account();
    const ask = (name: string) =>
      answerTo(scene.url, {
        method: 'POST',
        path: '/login',
        headers: [['Content-Type', 'application/json']],
        body: JSON.stringify({ email: name, password: 'a password that is not it' }),
      });
    const found = firstDifference(await ask(email), await ask(unknown));
    yield control(
      'a capital letter for those who exist',
      found?.includes('mail or password') ? undefined : String(found),
    );
  },
};
