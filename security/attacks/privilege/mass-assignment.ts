import fc from 'fast-check';
import { codeIn } from '../../ask.ts';
import { type Attack, control, judged } from '../../attack.ts';
import { exampleFor } from '../../fuzz/examples.ts';
import { valuesOf } from '../../fuzz/generate.ts';
import { type Operation, readApiDocument } from '../../fuzz/operations.ts';
import { type Drawn, render } from '../../fuzz/request.ts';
import { createThings } from '../../fuzz/things.ts';
import { type Cast, wordsIn } from '../../fuzz/words.ts';
import type { Scene } from '../../scene.ts';

const { operations, schemas } = readApiDocument();

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

export const attack: Attack = {
  name: 'fields that are nobody’s to send',
  wants: 'A role, a permission or another’s id, by sending it along where the server might copy it.',
  source: 'OWASP API3:2023; CWE-915; CWE-1321 (prototype pollution)',
  async *attempts(scene) {
    const json = operations.filter(({ body }) => body?.type === 'application/json');
    const person = await scene.person();
    const own = await scene.holder();
    const made = createThings(scene, { ownKeys: true });
    for (const operation of json) {
      const drawn = requestFor(operation, scene.seed);
      const things = await made.named(wordsIn(drawn), own);
      yield* everyExtra(scene, operation, drawn, { own, other: person, fresh: scene.account, things });
    }
    yield* formExtras(scene);
    const { body } = await scene.ask('GET', '/user', { token: person.accessToken });
    yield control('the person is who they were', body.id === person.id ? undefined : JSON.stringify(body));
    const roles = await scene.ask('GET', '/permissions', { token: person.accessToken });
    yield judged('powers that came with it', roles.status === 403 ? undefined : roles.text);
  },
};

async function* everyExtra(scene: Scene, operation: Operation, drawn: Drawn, cast: Cast) {
  const { operationId } = operation;
  for (const extra of extras) {
    const { method = 'GET', path, body } = render(operation, drawn, 'admin', cast, scene.address()).request;
    const good = String(body);
    if (operationId === 'setUp' && extra.includes('setup_token')) continue;
    const raw = `${good.slice(0, -1)}${good === '{}' ? '' : ','}${extra}}`;
    const answer = await scene.ask(method, path, { raw, type: 'application/json', token: cast.own.accessToken });
    const refused = answer.status === 422 || codeIn(answer) === 'malformed-json';
    const how = refused ? undefined : `answered ${answer.status} ${answer.text.slice(0, 200)}`;
    yield judged(`${operationId} with ${extra}`, how);
  }
}

/** One that succeeds, where there is one, so that what is added is the only reason of the refusal. */
function requestFor({ operationId, body }: Operation, seed: number): Drawn {
  const [drawn] = fc.sample(valuesOf(body?.schema ?? {}, schemas), { numRuns: 1, seed });
  return exampleFor(operationId) ?? { parameters: {}, body: drawn, spoils: [] };
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
