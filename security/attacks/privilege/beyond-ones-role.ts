import { describeApi } from '../../../server/src/app/describe-api.ts';
import { unlessRefused } from '../../ask.ts';
import { type Attack, control, judged } from '../../attack.ts';
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

/** Every route that wants a permission, by somebody who holds none. */
async function* byAPlainUser(scene: Scene) {
  const person = await scene.person();
  for (const { method, url, operationId, access, bodyType, body } of (await describeApi()).routes) {
    if (access.kind !== 'bearer' || access.permission === undefined) continue;
    const path = url.replace(':user_id', '1').replaceAll(/:\w+/g, person.sessionId);
    const sent = body === undefined ? {} : bodyType === 'form' ? { form: { token: 'x' } } : { json: {} };
    const answer = await scene.ask(method, path, { ...sent, token: person.accessToken });
    yield judged(`${operationId} without the permission`, unlessRefused(answer, 403));
  }
}
