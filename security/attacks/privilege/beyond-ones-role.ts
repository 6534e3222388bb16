import { describeApi } from '../../../server/src/app/describe-api.ts';
import { unlessOk, unlessRefused } from '../../ask.ts';
import { type Attack, control, judged } from '../../attack.ts';
import type { Person } from '../../people.ts';
import type { Scene } from '../../scene.ts';

export const attack: Attack = {
  name: 'powers beyond one’s role',
  wants: 'A permission that one does not hold: by making a role of it, or against somebody who holds more.',
  source: 'OWASP API5:2023; CWE-269; ASVS 5.0 8.2.1',
  async *attempts(scene) {
    const admin = await scene.holder();
    // Else the refusal would be that the last one cannot go.
    await scene.holder();
    const clerk = await scene.holder(['roles:write', 'users:disable', 'sessions:end']);
    const deleter = await scene.holder(['users:delete']);
    const all: string[] = (await scene.ask('GET', '/permissions', { token: admin.accessToken })).body.permissions.map(
      ({ name }: { name: string }) => name,
    );
    for (const name of all.filter((it) => !['roles:write', 'users:disable', 'sessions:end'].includes(it))) {
      for (const permissions of [[name], ['roles:write', name], [name.toUpperCase()], [`${name} `], [name, name]]) {
        const json = { name: `mine ${permissions}`, permissions };
        const answer = await scene.ask('POST', '/users/roles', { json, token: clerk.accessToken });
        yield judged(`a role of ${JSON.stringify(permissions)}`, unlessRefused(answer, 403, 422));
      }
    }
    for (const name of ['admin', 'ADMIN', 'ａｄｍｉｎ', ' admin', 'admin\u200b']) {
      const json = { name, permissions: ['roles:write'] };
      const answer = await scene.ask('POST', '/users/roles', { json, token: clerk.accessToken });
      yield judged(`a role called ${JSON.stringify(name)}`, unlessRefused(answer, 409, 422));
    }
    for (const who of [admin, deleter]) {
      for (const [method, path] of [
        ['POST', `/users/${who.id}/disable`],
        ['DELETE', `/users/${who.id}/sessions`],
        ['DELETE', `/users/${who.id}/sessions/${who.sessionId}`],
      ] as const) {
        const answer = await scene.ask(method, path, { token: clerk.accessToken });
        yield judged(`${method} of somebody who holds more`, unlessRefused(answer, 403));
      }
    }
    yield* withNewPowers(scene, admin);
    const killed = await scene.ask('DELETE', `/users/${admin.id}`, { token: deleter.accessToken });
    yield judged('deleting the administrator', unlessRefused(killed, 403));
    const made = await scene.ask('POST', '/users/roles', {
      json: { name: 'mine', permissions: ['roles:write'] },
      token: clerk.accessToken,
    });
    yield control('a role of one’s own permissions is made', made.status === 201 ? undefined : made.text);
    yield* byAPlainUser(scene);
  },
};

/** What a clerk has no part in, asked for by every way in which powers grow: roles, who has them, API keys, names, a restored account. */
async function* withNewPowers(scene: Scene, admin: Person) {
  const powers = ['roles:write', 'roles:assign', 'users:write', 'users:purge', 'users:delete', 'api-keys:write'];
  const clerk = await scene.holder([...powers, 'api-keys:revoke', 'permissions:write']);
  const { roles, apiKeys, accounts } = scene.insider.features;
  const by = undefined;
  const stranger = await roles.createRole({ name: 'stranger', description: '', permissions: ['audit:read'], by });
  const permissions = ['users:write'];
  const own = await roles.createRole({ name: 'clerks', description: '', permissions, by });
  const wanted = { name: 'x', description: '', permissions: ['audit:read'], expiresInDays: 1, by };
  const { key } = await apiKeys.create({ owner: admin.id, ...wanted });
  const gone = await scene.holder();
  await accounts.delete({ id: gone.id, by });
  const ask = (method: string, path: string, json?: object) =>
    scene.ask(method, path, { token: clerk.accessToken, json });

  const steps: readonly (readonly [method: string, path: string, json?: object])[] = [
    ['PUT', `/users/${clerk.id}/roles`, { roles: [1] }],
    ['PUT', `/users/${clerk.id}/roles`, { roles: [own.id, stranger.id] }],
    ['PUT', `/users/${admin.id}/roles`, { roles: [] }],
    ['PATCH', '/users/roles/1', { version: 1, permissions }],
    ['PATCH', '/users/roles/1', { version: 1, name: 'nobody' }],
    ['DELETE', '/users/roles/1'],
    ['PATCH', `/users/roles/${own.id}`, { version: 1, permissions: ['audit:read'] }],
    ['PATCH', `/users/roles/${own.id}`, { version: 1, permissions: ['*'] }],
    ['PATCH', `/users/roles/${own.id}`, { version: 1, name: 'admin' }],
    ['PATCH', `/users/roles/${stranger.id}`, { version: 1, permissions: [] }],
    ['DELETE', `/users/roles/${stranger.id}`],
    ['POST', '/permissions', { name: 'users:delete' }],
    ['DELETE', '/permissions/audit:read?force=true'],
    ['POST', '/api-keys', { name: 'x', permissions: ['audit:read'] }],
    ['POST', '/api-keys', { name: 'x', permissions: ['users:write', 'audit:read'] }],
    ['POST', '/api-keys', { name: 'x', permissions: ['api-keys:write'] }],
    ['DELETE', `/users/${admin.id}/api-keys`],
    ['DELETE', `/users/${admin.id}/api-keys/${key.id}`],
    ['DELETE', `/users/${clerk.id}/api-keys/${key.id}`],
    ['DELETE', `/api-keys/${key.id}`],
    ['GET', `/api-keys/${key.id}`],
    ['PATCH', `/users/${admin.id}`, { email: 'mine@example.com' }],
    ['POST', `/users/${gone.id}/restore`],
    ['POST', `/users/${gone.id}/purge`],
  ];
  for (const [method, path, json] of steps) {
    const answer = await ask(method, path, json);
    yield judged(`${method} ${path} ${JSON.stringify(json) ?? ''}`, unlessRefused(answer, 403, 404, 409, 422));
  }
  const keys = await scene.ask('GET', `/users/${admin.id}/api-keys`, { token: admin.accessToken });
  yield control(
    'the key of the administrator is still there',
    keys.body.api_keys?.[0]?.id === key.id ? undefined : keys.text,
  );
  const given = await ask('PUT', `/users/${clerk.id}/roles`, { roles: [own.id] });
  yield control('one’s own powers may be given', unlessOk(given));
}

/** Every route that wants a permission, by somebody who holds none. */
async function* byAPlainUser(scene: Scene) {
  const person = await scene.person();
  for (const { method, url, operationId, access, bodyType, body } of (await describeApi()).routes) {
    if (access.kind !== 'bearer' || access.permission === undefined) continue;
    const path = url.replaceAll(/:(?:user|role)_id/g, '1').replaceAll(/:\w+/g, person.sessionId);
    const sent = body === undefined ? {} : bodyType === 'form' ? { form: { token: 'x' } } : { json: {} };
    const answer = await scene.ask(method, path, { ...sent, token: person.accessToken });
    yield judged(`${operationId} without the permission`, unlessRefused(answer, 403));
  }
}
