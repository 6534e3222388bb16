import { unlessRefused } from '../../ask.ts';
import { type Attack, control, judged } from '../../attack.ts';
import type { Person } from '../../people.ts';

/** Every way to reach a user by id, with a body where one is wanted. */
const doors: readonly (readonly [method: string, pathOf: (id: string) => string, json?: object])[] = [
  ['GET', (id) => `/users/${id}`],
  ['PATCH', (id) => `/users/${id}`, { email: 'mine@example.com' }],
  ['DELETE', (id) => `/users/${id}`],
  ['POST', (id) => `/users/${id}/disable`],
  ['POST', (id) => `/users/${id}/enable`],
  ['POST', (id) => `/users/${id}/restore`],
  ['POST', (id) => `/users/${id}/purge`],
  ['GET', (id) => `/users/${id}/sessions`],
  ['DELETE', (id) => `/users/${id}/sessions`],
  ['GET', (id) => `/users/${id}/api-keys`],
  ['DELETE', (id) => `/users/${id}/api-keys`],
  ['GET', (id) => `/users/${id}/roles`],
  ['PUT', (id) => `/users/${id}/roles`, { roles: [1] }],
  ['GET', (id) => `/users/${id}/permissions/users:delete`],
];

/** Spellings by which somebody else's id, or none, could be meant. */
const spellingsOf = (id: number): string[] => [
  String(id),
  `0${id}`,
  `+${id}`,
  `%2B${id}`,
  `-${id}`,
  `${id}.0`,
  `${id}e0`,
  `0x${id.toString(16)}`,
  `%20${id}`,
  `${id}%20`,
  `${id}%00`,
  `${id}%0a`,
  `${id},1`,
  `${id};1`,
  `${id}%2F..%2F${id}`,
  String(id).replace(/\d/g, (digit) => encodeURIComponent(String.fromCharCode(0x660 + Number(digit)))),
  String(id).replace(/\d/g, (digit) => encodeURIComponent(String.fromCharCode(0xff10 + Number(digit)))),
  '0',
  '-1',
  '1.5',
  '999999999',
  '9007199254740993',
  '18446744073709551617',
  `1${'0'.repeat(400)}`,
  'NaN',
  'null',
  'undefined',
  'true',
  'me',
  'self',
  '*',
  '%25',
  '__proto__',
  'constructor',
  "1'--",
];

export const attack: Attack = {
  name: 'ids of others, in every spelling',
  wants: 'To see, disable or delete somebody else, or end their sessions, by naming their id.',
  source: 'OWASP API1:2023 (BOLA); CWE-639; CWE-1287',
  async *attempts(scene) {
    const admin = await scene.holder();
    const [person, other] = [await scene.person(), await scene.person()];
    for (const [method, pathOf, json] of doors) {
      for (const id of [...spellingsOf(other.id), String(admin.id)]) {
        const answer = await scene.ask(method, pathOf(id), { token: person.accessToken, json });
        yield judged(`${method} ${pathOf(id).slice(0, 80)}`, unlessRefused(answer, 400, 403, 404, 422));
      }
    }
    for (const path of sessionPaths(other, admin)) {
      const answer = await scene.ask('DELETE', path, { token: person.accessToken });
      yield judged(`DELETE ${path}`, unlessRefused(answer, 403, 404, 422));
    }
    for (const who of [admin, person, other]) {
      const { status } = await scene.ask('GET', '/user', { token: who.accessToken });
      yield control('all of them are still there', status === 200 ? undefined : `${who.username}: ${status}`);
    }
    const own = await scene.ask('DELETE', `/users/${person.id}`, { token: person.accessToken });
    yield control('one’s own id works', own.status === 200 ? undefined : own.text);
  },
};

const sessionPaths = (other: Person, admin: Person): string[] => [
  `/sessions/${other.sessionId}`,
  `/sessions/${admin.sessionId}`,
  `/users/${other.id}/sessions/${other.sessionId}`,
  `/users/${admin.id}/sessions/${other.sessionId}`,
  `/users/${other.id}/sessions/${admin.sessionId}`,
];
