import type { Answer } from '../../ask.ts';
import { type Attack, control, judged, note } from '../../attack.ts';
import { deviceCookieName, type Person } from '../../people.ts';
import type { Scene } from '../../scene.ts';

/** The same address, as mail systems and people write it. */
const spellings = ({ email, username }: Person): string[] => [
  email,
  email.toUpperCase(),
  email.replace('example', 'EXAMPLE'),
  email.replace('person', 'ｐｅｒｓｏｎ'),
  username,
  username.toUpperCase(),
  username.replace('person', 'ｐｅｒｓｏｎ'),
];

const guesses = 1_000;

/** One wrong guess, by each way in that there is; `/user/password` with an access token that was stolen. */
function guess(scene: Scene, victim: Person, number: number, from: string): Promise<Answer> {
  const names = spellings(victim);
  const name = names[number % names.length] ?? victim.email;
  const password = `guess number ${number}`;
  if (number % 10 === 9) {
    const json = { current_password: password, new_password: 'what the thief would like' };
    return scene.ask('POST', '/user/password', { json, token: victim.accessToken, from });
  }
  if (number % 2 === 0 || !name.includes('@')) {
    const form = { grant_type: 'password', username: name, password };
    return scene.ask('POST', '/token', { form, from });
  }
  return scene.ask('POST', '/login', { json: { email: name, password }, from });
}

export const attack: Attack = {
  name: 'a thousand guesses at one account',
  wants:
    'The password of an account, guessed from a hundred addresses, by every way in and every spelling of its name.',
  source: 'OWASP Credential Stuffing Prevention; NIST SP 800-63B-4 §3.2.2; ASVS 5.0 6.3.1',
  async *attempts(scene) {
    const victim = await scene.person();
    const addresses = Array.from({ length: 100 }, () => scene.address());
    const own = { cookie: `${deviceCookieName}=${victim.device}` };
    let heard = 0;
    for (let number = 0; number < guesses; number += 1) {
      const answer = await guess(scene, victim, number, addresses[number % 100] ?? '');
      // A blocked account answers as a wrong password does, so that this counts too many.
      if (answer.status !== 429) heard += 1;
      const wrong = answer.status >= 400 && answer.status < 500 ? undefined : `answered ${answer.status}`;
      yield judged(`guess ${number}`, wrong);
      if (number % 50 === 49) yield await ownersLogin(scene, victim, own);
    }
    yield judged('a hundred guesses that are heard', heard < 100 ? undefined : `${heard} were heard`);
    yield note(`of ${guesses} guesses ${heard} were heard at most`);
    for (const name of [victim.email, victim.username]) {
      const form = { grant_type: 'password', username: name, password: victim.password };
      const { status } = await scene.ask('POST', '/token', { form });
      yield judged('the right one at last, from a new address', status === 200 ? 'let in' : undefined);
    }
    yield await ownersLogin(scene, victim, own);
  },
};

async function ownersLogin(scene: Scene, { email, password }: Person, own: { cookie: string }) {
  const answer = await scene.ask('POST', '/login', { json: { email, password }, ...own });
  return control("the owner's known device logs in meanwhile", answer.status === 200 ? undefined : answer.text);
}
