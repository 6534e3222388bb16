import { type Attack, control, judged } from '../../attack.ts';
import { deviceCookieName as name, type Person } from '../../people.ts';
import type { Scene } from '../../scene.ts';

/** What a stranger shows in place of the owner's cookie. */
const forgeries: Readonly<Record<string, (own: string, other: string) => string>> = {
  none: () => '',
  'made up': () => `${name}=${'A'.repeat(22)}.${Date.now()}.${'A'.repeat(22)}`,
  'of another account': (_, other) => `${name}=${other}`,
  'of another account, under the name of development': (_, other) => `device=${other}`,
  'the right one under the name of development': (own) => `device=${own}`,
  'the right one in other letters': (own) => `${name.toUpperCase()}=${own}`,
  'the id of another under the tag': (own, other) =>
    `${name}=${other.split('.')[0]}.${own.split('.').slice(1).join('.')}`,
  'the tag of another': (own, other) => `${name}=${own.split('.').slice(0, 2).join('.')}.${other.split('.')[2]}`,
  'a later instant': (own) => `${name}=${own.replace(/\.(\d+)\./, (_, at) => `.${Number(at) + 1}.`)}`,
  'an instant in another spelling': (own) => `${name}=${own.replace(/\.(\d+)\./, '.0$1.')}`,
  'one letter of the tag': (own) => `${name}=${own.slice(0, -3)}${own.at(-3) === 'A' ? 'B' : 'A'}${own.slice(-2)}`,
  'without its tag': (own) => `${name}=${own.split('.').slice(0, 2).join('.')}`,
  'with an empty tag': (own) => `${name}=${own.split('.').slice(0, 2).join('.')}.`,
  'two, the right one first': (own, other) => `${name}=${own}; ${name}=${other}`,
  'two, the right one last': (own, other) => `${name}=${other}; ${name}=${own}`,
  'the right one and something behind': (own) => `${name}=${own}%00`,
  'as the refresh cookie': (own) => `__Host-refresh_token=${own}`,
};

export const attack: Attack = {
  name: 'device cookies that are forged or moved',
  wants: 'To pass for a known device, and so to guess while strangers wait.',
  source: 'OWASP Slow Down Online Guessing Attacks with Device Cookies; CWE-565',
  async *attempts(scene) {
    const [owner, other] = [await scene.person(), await scene.person()];
    await besiege(scene, owner);
    for (const [what, forge] of Object.entries(forgeries)) {
      const status = await logIn(scene, owner, forge(owner.device, other.device));
      yield judged(what, status === 200 ? 'the right password was let in from it' : undefined);
    }
    const status = await logIn(scene, owner, `${name}=${owner.device}`);
    yield control("the owner's own cookie passes", status === 200 ? undefined : `answered ${status}`);
    yield* stolen(scene, owner);
  },
};

/** Until every stranger has to wait. */
async function besiege(scene: Scene, { email }: Person): Promise<void> {
  for (let number = 0; number < 25; number += 1) {
    await scene.ask('POST', '/login', { json: { email, password: `guess ${number}` } });
  }
}

async function logIn(scene: Scene, { email, password }: Person, cookie: string): Promise<number> {
  return (await scene.ask('POST', '/login', { json: { email, password }, cookie })).status;
}

/** A cookie that was stolen buys a few guesses, and no more. */
async function* stolen(scene: Scene, owner: Person) {
  const cookie = `${name}=${owner.device}`;
  const statuses: number[] = [];
  for (let number = 0; number < 30; number += 1) {
    const json = { email: owner.email, password: `guess ${number}` };
    statuses.push((await scene.ask('POST', '/login', { json, cookie })).status);
  }
  const heard = statuses.filter((status) => status === 401).length;
  yield judged('thirty guesses with a stolen cookie', heard <= 10 ? undefined : `${heard} were heard`);
}
