import { codeIn } from '../../ask.ts';
import { type Attack, control, judged } from '../../attack.ts';
import { type Operation, readApiDocument } from '../../fuzz/operations.ts';
import type { Person } from '../../people.ts';
import type { Scene } from '../../scene.ts';

/** Keys that an enemy adds, as JSON: `__proto__` in a literal would be no key. */
const extras: readonly string[] = [
  '"role":"admin"',
  '"roles":["admin"]',
  '"is_admin":true',
  '"isAdmin":true',
  '"admin":true',
  '"permissions":["users:delete"]',
  '"scope":"users:delete"',
  '"id":1',
  '"user_id":1',
  '"disabled_at":null',
  '"deleted_at":null',
  '"email_verified":true',
  '"password_hash":"x"',
  '"built_in":true',
  '"setup_token":"x"',
  '"client_id":"admin"',
  '"__proto__":{"admin":true}',
  '"__proto__":null',
  '"constructor":{"prototype":{"admin":true}}',
  '"prototype":{"admin":true}',
  '"toString":1',
  '"":1',
  '"Username":"root"',
  '"user":{"role":"admin"}',
];

/** Bodies that each operation takes; what is added must be the only reason of the refusal. */
const bodies: Readonly<Record<string, (scene: Scene, person: Person) => object>> = {
  signUp: (scene) => scene.account(),
  logIn: (_, { email, password }) => ({ email, password }),
  setUp: (scene) => ({ ...scene.account(), setup_token: 'x' }),
  refreshAccessToken: (_, { refreshToken }) => ({ refresh_token: refreshToken }),
  logOut: (_, { refreshToken }) => ({ refresh_token: refreshToken }),
  changePassword: (_, { password }) => ({ current_password: password, new_password: 'seven quiet lanterns burn' }),
  createRole: () => ({ name: 'editor', permissions: ['users:delete'] }),
  registerPermission: () => ({ name: 'posts:publish' }),
};

export const attack: Attack = {
  name: 'fields that are nobody’s to send',
  wants: 'A role, a permission or another’s id, by sending it along where the server might copy it.',
  source: 'OWASP API3:2023; CWE-915; CWE-1321 (prototype pollution)',
  async *attempts(scene) {
    const json = readApiDocument().operations.filter(({ body }) => body?.type === 'application/json');
    const admin = await scene.holder();
    const person = await scene.person();
    for (const operation of json) yield* everyExtra(scene, operation, person, admin);
    yield* formExtras(scene);
    const { body } = await scene.ask('GET', '/user', { token: person.accessToken });
    yield control('the person is who they were', body.id === person.id ? undefined : JSON.stringify(body));
    const roles = await scene.ask('GET', '/permissions', { token: person.accessToken });
    yield judged('powers that came with it', roles.status === 403 ? undefined : roles.text);
  },
};

async function* everyExtra(scene: Scene, { method, path, operationId }: Operation, person: Person, admin: Person) {
  const bodyOf = bodies[operationId];
  yield control(`there is a body for ${operationId}`, bodyOf === undefined ? 'add one to this attack' : undefined);
  const needsAdmin = operationId === 'createRole' || operationId === 'registerPermission';
  const { accessToken: token } = needsAdmin ? admin : person;
  for (const extra of extras) {
    const good = JSON.stringify(bodyOf?.(scene, person) ?? {});
    if (operationId === 'setUp' && extra.includes('setup_token')) continue;
    const raw = `${good.slice(0, -1)}${good === '{}' ? '' : ','}${extra}}`;
    const answer = await scene.ask(method, path, { raw, type: 'application/json', token });
    const refused = answer.status === 422 || codeIn(answer) === 'malformed-json';
    yield judged(
      `${operationId} with ${extra}`,
      refused ? undefined : `answered ${answer.status} ${answer.text.slice(0, 200)}`,
    );
  }
}

/** The token endpoint must ignore what it does not know (RFC 6749 §3.2); so nothing may come of it. */
async function* formExtras(scene: Scene) {
  const { email, password } = await scene.person();
  const form = {
    grant_type: 'password',
    username: email,
    password,
    scope: 'users:delete admin',
    role: 'admin',
    __proto__x: '1',
  };
  const { body } = await scene.ask('POST', '/token', { form });
  const [, payload = ''] = String(body.access_token).split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const none = claims.permissions?.length === 0 && claims.roles?.length === 0;
  yield judged('a scope at /token', none ? undefined : JSON.stringify(claims));
}
