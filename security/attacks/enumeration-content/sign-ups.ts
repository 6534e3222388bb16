import { type Attack, control, judged, note } from '../../attack.ts';
import { answerTo, firstDifference } from '../../bytes.ts';
import type { Account } from '../../people.ts';
import type { Scene } from '../../scene.ts';

function signUp(scene: Scene, account: Account): Promise<string> {
  const headers = [
    ['X-Forwarded-For', scene.address()],
    ['Content-Type', 'application/json'],
  ] as const;
  return answerTo(scene.url, { method: 'POST', path: '/signup', headers, body: JSON.stringify(account) });
}

export const attack: Attack = {
  name: 'more than that a name is taken, at /signup',
  wants: 'To know of a name that is taken whose it is, or whether its owner is disabled.',
  source: 'OWASP WSTG-IDNT-04; CWE-204',
  async *attempts(scene) {
    const [active, disabled, deleted] = [await scene.person(), await scene.person(), await scene.person()];
    await scene.insider.features.accounts.disabling.disable({ id: disabled.id, by: undefined });
    await scene.insider.features.accounts.delete({ id: deleted.id, by: undefined });
    for (const name of ['email', 'username'] as const) {
      const [one, other] = [active, disabled].map((who) => signUp(scene, { ...scene.account(), [name]: who[name] }));
      const [taken = '', ofDisabled = ''] = [await one, await other];
      yield control(`the ${name} is taken`, taken.startsWith('HTTP/1.1 409') ? undefined : taken.slice(0, 200));
      yield judged(`the ${name} of somebody disabled`, firstDifference(taken, ofDisabled));
      const weak = { ...scene.account(), password: 'password' };
      const [free, used] = [await signUp(scene, weak), await signUp(scene, { ...weak, [name]: active[name] })];
      yield judged(`a bad password with the ${name} of somebody`, firstDifference(free, used));
    }
    const again = await signUp(scene, { ...scene.account(), email: deleted.email });
    yield control(
      'the names of the deleted are free',
      again.startsWith('HTTP/1.1 201') ? undefined : again.slice(0, 200),
    );
    yield note(
      'that a name is taken is said by the contract (409), as long as sign-up does not go by mail; that is no fall-through',
    );
  },
};
