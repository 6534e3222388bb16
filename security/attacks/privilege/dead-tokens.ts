import { unlessRefused } from '../../ask.ts';
import { type Attack, control, judged } from '../../attack.ts';
import { readApiDocument } from '../../fuzz/operations.ts';
import { deviceCookieName, type Person, refreshCookieName } from '../../people.ts';
import type { Scene } from '../../scene.ts';

/** What ends somebody; afterwards nothing of theirs may work. */
const endings: Readonly<Record<string, (scene: Scene, person: Person, admin: Person) => Promise<unknown>>> = {
  deleted: (scene, { id }, { accessToken }) => scene.ask('DELETE', `/users/${id}`, { token: accessToken }),
  disabled: (scene, { id }, { accessToken }) => scene.ask('POST', `/users/${id}/disable`, { token: accessToken }),
  'logged out': (scene, { accessToken }) => scene.ask('POST', '/logout', { token: accessToken }),
  'thrown out by an administrator': (scene, { id }, { accessToken }) =>
    scene.ask('DELETE', `/users/${id}/sessions`, { token: accessToken }),
  'revoked by /revoke': (scene, { refreshToken }) => scene.ask('POST', '/revoke', { form: { token: refreshToken } }),
  'logged out elsewhere by a change of the password': async (scene, person) => {
    const elsewhere = await scene.logIn(person);
    const json = { current_password: person.password, new_password: `another ${person.password}` };
    return scene.ask('POST', '/user/password', { json, token: elsewhere.accessToken });
  },
};

export const attack: Attack = {
  name: 'tokens of those who are gone',
  wants: 'To go on with the tokens of an account that was deleted, disabled, logged out, or given another password.',
  source: 'ASVS 5.0 7.4.1–7.4.3; CWE-613',
  async *attempts(scene) {
    const admin = await scene.holder();
    for (const [how, end] of Object.entries(endings)) {
      // With every permission, so that the end of the session alone is the reason of each refusal.
      const person = await scene.holder();
      const before = await scene.ask('GET', '/permissions', { token: person.accessToken });
      await end(scene, person, admin);
      yield control(`${how}: was somebody before`, before.status === 200 ? undefined : before.text);
      yield* everything(scene, how, person);
    }
  },
};

async function* everything(scene: Scene, how: string, person: Person) {
  const { accessToken: token, refreshToken } = person;
  for (const { method, path, operationId, needsToken } of readApiDocument().operations) {
    if (!needsToken) continue;
    const url = path.replace('{user_id}', String(person.id)).replace(/\{\w+\}/, person.sessionId);
    yield judged(`${how}: ${operationId}`, unlessRefused(await scene.ask(method, url, { token }), 401));
  }
  const cookie = `${refreshCookieName}=${refreshToken}; ${deviceCookieName}=${person.device}`;
  const json = { refresh_token: refreshToken };
  yield judged(
    `${how}: refresh by cookie`,
    unlessRefused(await scene.ask('GET', '/refresh-access-token', { cookie }), 401),
  );
  yield judged(
    `${how}: refresh by body`,
    unlessRefused(await scene.ask('POST', '/refresh-access-token', { json }), 401),
  );
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
  yield judged(`${how}: refresh at /token`, unlessRefused(await scene.ask('POST', '/token', { form }), 400));
  yield judged(`${how}: logout`, unlessRefused(await scene.ask('POST', '/logout', { token, cookie, json }), 401));
}
