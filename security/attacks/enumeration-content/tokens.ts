import { type Attack, control, judged } from '../../attack.ts';
import { answerTo, firstDifference, type RawRequest } from '../../bytes.ts';
import { type Person, refreshCookieName } from '../../people.ts';
import type { Scene } from '../../scene.ts';

/** People whose tokens are all dead, each for another reason. */
async function theDead(scene: Scene): Promise<readonly (readonly [title: string, person: Person])[]> {
  const { accounts } = scene.insider.features;
  const [loggedOut, deleted, disabled, made] = [
    await scene.person(),
    await scene.person(),
    await scene.person(),
    await scene.person(),
  ];
  await scene.ask('POST', '/logout', { token: loggedOut.accessToken });
  await accounts.delete({ id: deleted.id, by: undefined });
  await accounts.disabling.disable({ id: disabled.id, by: undefined });
  const madeUp = {
    ...made,
    accessToken: `${made.accessToken.slice(0, -4)}AAAA`,
    refreshToken: `${made.refreshToken.slice(0, -4)}AAAA`,
  };
  return [
    ['logged out', loggedOut],
    ['deleted', deleted],
    ['disabled', disabled],
    ['made up', madeUp],
  ];
}

const json = ['Content-Type', 'application/json'] as const;
const bearer = ({ accessToken }: Person) => ['Authorization', `Bearer ${accessToken}`] as const;

const doors: Readonly<Record<string, (person: Person) => RawRequest>> = {
  'GET /user': (person) => ({ method: 'GET', path: '/user', headers: [bearer(person)] }),
  'POST /user/password': (person) => ({
    method: 'POST',
    path: '/user/password',
    headers: [bearer(person), json],
    body: JSON.stringify({ current_password: 'not the password', new_password: 'seven quiet lanterns burn' }),
  }),
  'POST /refresh-access-token': ({ refreshToken }) => ({
    method: 'POST',
    path: '/refresh-access-token',
    headers: [json],
    body: JSON.stringify({ refresh_token: refreshToken }),
  }),
  'GET /refresh-access-token': ({ refreshToken }) => ({
    method: 'GET',
    path: '/refresh-access-token',
    headers: [['Cookie', `${refreshCookieName}=${refreshToken}`]],
  }),
  'POST /token': ({ refreshToken }) => ({
    method: 'POST',
    path: '/token',
    headers: [['Content-Type', 'application/x-www-form-urlencoded']],
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }).toString(),
  }),
  'POST /logout': ({ refreshToken }) => ({
    method: 'POST',
    path: '/logout',
    headers: [json],
    body: JSON.stringify({ refresh_token: refreshToken }),
  }),
  'POST /revoke': ({ refreshToken }) => ({
    method: 'POST',
    path: '/revoke',
    headers: [['Content-Type', 'application/x-www-form-urlencoded']],
    body: new URLSearchParams({ token: refreshToken }).toString(),
  }),
};

export const attack: Attack = {
  name: 'what became of somebody, by the answers to their old tokens',
  wants: 'To learn from a dead token whether its user was deleted, disabled, or only logged out.',
  source: 'OWASP WSTG-IDNT-04; CWE-204; RFC 7009 §2.2',
  async *attempts(scene) {
    const dead = await theDead(scene);
    for (const [name, door] of Object.entries(doors)) {
      const [[, first], ...others] = dead as [(typeof dead)[0], ...typeof dead];
      const reference = await answerTo(scene.url, door(first));
      yield control(`${name}: it is answered`, /^HTTP\/1\.1 [24]/.test(reference) ? undefined : reference);
      for (const [title, person] of others) {
        yield judged(`${name}: ${title}`, firstDifference(reference, await answerTo(scene.url, door(person))));
      }
    }
    yield* ids(scene, dead);
  },
};

/** Who lacks the permission learns nothing about ids. */
async function* ids(scene: Scene, dead: Awaited<ReturnType<typeof theDead>>) {
  const [person, other] = [await scene.person(), await scene.person()];
  const [, [, deleted], [, disabled]] = dead as [never, (typeof dead)[0], (typeof dead)[0]];
  const doorsOf = [
    ['DELETE', ''],
    ['POST', '/disable'],
    ['GET', '/sessions'],
  ] as const;
  for (const [method, tail] of doorsOf) {
    const ask = (id: number) => answerTo(scene.url, { method, path: `/users/${id}${tail}`, headers: [bearer(person)] });
    const reference = await ask(other.id);
    yield control(
      `${method} /users/{id}${tail} is refused`,
      reference.startsWith('HTTP/1.1 403') ? undefined : reference,
    );
    for (const [title, id] of [
      ['deleted', deleted.id],
      ['disabled', disabled.id],
      ['of nobody', 999_999],
    ] as const) {
      yield judged(`${method} /users/{id}${tail}: ${title}`, firstDifference(reference, await ask(id)));
    }
  }
}
