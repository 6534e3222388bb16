import { type Attack, control, judged } from '../../attack.ts';
import type { Person } from '../../people.ts';
import type { Scene } from '../../scene.ts';

const payloads = (email: string): string[] => [
  `${email}' --`,
  `${email}'/*`,
  `' or '1'='1`,
  `" or ""="`,
  `') or ('1'='1' --`,
  `x' union select id, hash from passwords --`,
  `x'; drop table users; --`,
  `x'; update users set disabled_at = 1; --`,
  `\\' or 1=1 --`,
  `%27 or 1=1`,
  `’ or 1=1 --`,
  `${email.replace('@', "'||'@")}`,
  'sqlite_master',
  `1; select pg_sleep(5) --`,
  `x' and randomblob(100000000) --`,
  '%',
  '_%',
  '*',
  `${email.slice(0, 3)}%`,
  `*)(uid=*))(|(uid=*`,
  '{"$gt":""}',
  '[$ne]',
  '$where: 1',
  '{{7*7}}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the enemy means it so.
  '${7*7}',
  '#{7*7}',
  '<%= 7*7 %>',
  '{{constructor.constructor("return process")()}}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this one too.
  '${jndi:ldap://127.0.0.1/a}',
  '$(id)',
  '`id`',
  '| id',
  '; cat /etc/passwd',
  '../../../../etc/passwd',
  'file:///etc/passwd',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
  '%n%n%n%s',
  '\u0000',
  '\ufeff',
];

/** Objects where a text is expected, for whatever asks a store with what it was sent. */
const objects: readonly unknown[] = [
  { $gt: '' },
  { $ne: null },
  { $regex: '.*' },
  ['x'],
  { length: 1 },
  { toString: 'x' },
  true,
  0,
  null,
];

const signs = /SQLITE|syntax error|sqlstate|ORA-\d|49\b.*49\b|root:x:0|uid=\d|stack|\bat .*\.ts:/i;

export const attack: Attack = {
  name: 'queries, templates and commands in texts',
  wants: 'A text that becomes part of a query, a template, a command or a page.',
  source: 'OWASP A05:2025 Injection; CWE-89, CWE-943, CWE-1336, CWE-78, CWE-79',
  async *attempts(scene) {
    const person = await scene.person();
    const admin = await scene.holder();
    for (const payload of payloads(person.email)) yield* inEveryText(scene, payload, person, admin);
    for (const it of objects) {
      for (const json of [
        { email: it, password: person.password },
        { email: person.email, password: it },
      ]) {
        const { status } = await scene.ask('POST', '/login', { json });
        yield judged(
          `a login with ${JSON.stringify(json).slice(0, 60)}`,
          status === 422 ? undefined : `answered ${status}`,
        );
      }
    }
    const { status } = await scene.ask('GET', '/user', { token: person.accessToken });
    yield control('everybody is still there', status === 200 ? undefined : `answered ${status}`);
  },
};

async function* inEveryText(scene: Scene, payload: string, person: Person, admin: Person) {
  const { password } = person;
  const { accessToken: token } = admin;
  const asked = {
    'the e-mail of a login': scene.ask('POST', '/login', { json: { email: payload, password } }),
    'the password of a login': scene.ask('POST', '/login', { json: { email: person.email, password: payload } }),
    'the name at /token': scene.ask('POST', '/token', {
      form: { grant_type: 'password', username: payload, password },
    }),
    'a refresh token': scene.ask('POST', '/refresh-access-token', { json: { refresh_token: payload } }),
    'a permission': scene.ask('POST', '/permissions', { json: { name: payload }, token }),
    'the permissions of a role': scene.ask('POST', '/users/roles', {
      json: { name: 'x', permissions: [payload] },
      token,
    }),
    'an id': scene.ask('DELETE', `/users/${encodeURIComponent(payload)}`, { token }),
    'a session': scene.ask('DELETE', `/sessions/${encodeURIComponent(payload)}`, { token }),
    'a list': scene.ask('GET', `/status/lists/${encodeURIComponent(payload)}`),
    'a token': scene.ask('POST', '/revoke', { form: { token: payload } }),
  };
  for (const [where, asking] of Object.entries(asked)) {
    const answer = await asking;
    const granted = answer.status < 300 && where !== 'a token';
    // A pointer may repeat what was sent; the digits of an id are nobody's result.
    const said = answer.text.replaceAll(payload, '').replace(/urn:uuid:[\w-]+/, '');
    const told = signs.test(said) || answer.status >= 500;
    yield judged(
      `${payload} as ${where}`,
      granted || told ? `answered ${answer.status} ${answer.text.slice(0, 200)}` : undefined,
    );
  }
  yield* kept(scene, payload);
}

/** What may be a name, as many of these are, comes back as the text that it was, and as JSON. */
async function* kept(scene: Scene, payload: string) {
  const account = { ...scene.account(), username: payload };
  const answer = await scene.ask('POST', '/signup', { json: account });
  if (answer.status !== 201) {
    yield judged(
      `${payload} as a username`,
      answer.status === 422 || answer.status === 409 ? undefined : `answered ${answer.status}`,
    );
    return;
  }
  const user = await scene.ask('GET', '/user', { token: answer.body.access_token });
  const type = user.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  const same = user.body.username === payload && /^application\/json/.test(type);
  yield judged(`${payload} as a username`, same ? undefined : `came back as ${type} ${user.text}`);
}
