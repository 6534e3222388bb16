import type { Answer } from '../../ask.ts';
import { type Attack, control, judged } from '../../attack.ts';
import type { Scene } from '../../scene.ts';

/** Texts on which patterns that backtrack take for ever. */
const shapes: Readonly<Record<string, (length: number) => string>> = {
  'one letter': (length) => 'a'.repeat(length),
  'one letter and something else': (length) => `${'a'.repeat(length)}!`,
  'an address without end': (length) => `${'a'.repeat(length)}@`,
  'dots in an address': (length) => `${'a.'.repeat(length / 2)}@${'b.'.repeat(20)}`,
  'hyphens in a domain': (length) => `a@${'a-'.repeat(length / 2)}.`,
  'at signs': (length) => '@'.repeat(length),
  spaces: (length) => `${' '.repeat(length)}x`,
  'single spaces': (length) => 'a '.repeat(length / 2),
  'combining marks': (length) => `a${'\u0301'.repeat(length)}`,
  'letters that unfold to eighteen': (length) => '\ufdfa'.repeat(length),
  'pairs of surrogates': (length) => '👩‍🚀'.repeat(length / 3),
  'equals signs': (length) => '='.repeat(length),
  commas: (length) => ','.repeat(length),
  semicolons: (length) => 'a=b;'.repeat(length / 4),
};

/** Milliseconds that a refusal may take on a busy machine; what backtracks takes minutes. */
const longestMs = 2_000;

export const attack: Attack = {
  name: 'texts on which a pattern takes for ever',
  wants: 'To hold the server with one short request.',
  source: 'CWE-1333 (ReDoS), CWE-407; OWASP API4:2023; Unicode UAX #15 (expansion)',
  async *attempts(scene) {
    const person = await scene.person();
    const fields = fieldsFor(scene, person.accessToken, person.email);
    for (const [what, make] of Object.entries(shapes)) {
      for (const length of [60, 250, 1_000, 8_000]) {
        for (const [where, send] of Object.entries(fields)) {
          if (length > 1_000 && where.startsWith('the password')) continue;
          const began = performance.now();
          const { status } = await send(make(length));
          const ms = Math.round(performance.now() - began);
          yield judged(
            `${length} of ${what} as ${where}`,
            ms < longestMs && status < 500 ? undefined : `answered ${status} after ${ms} ms`,
          );
        }
      }
    }
    const began = performance.now();
    await scene.ask('GET', '/livez');
    const ms = performance.now() - began;
    yield control('the server answers at once', ms < longestMs ? undefined : `after ${ms} ms`);
  },
};

function fieldsFor(scene: Scene, token: string, email: string): Record<string, (text: string) => Promise<Answer>> {
  const latin = (text: string) => Buffer.from(text).toString('latin1').slice(0, 8_000);
  const header = (name: string) => (text: string) => scene.ask('GET', '/user', { headers: [[name, latin(text)]] });
  return {
    'the e-mail of a login': (text) => scene.ask('POST', '/login', { json: { email: text, password: 'x' } }),
    'the name at /token': (text) =>
      scene.ask('POST', '/token', { form: { grant_type: 'password', username: text, password: 'x' } }),
    'the username of a sign-up': (text) =>
      scene.ask('POST', '/signup', { json: { ...scene.account(), username: text } }),
    'the e-mail of a sign-up': (text) => scene.ask('POST', '/signup', { json: { ...scene.account(), email: text } }),
    'the password of a login': (text) => scene.ask('POST', '/login', { json: { email, password: text } }),
    'a refresh token': (text) => scene.ask('POST', '/refresh-access-token', { json: { refresh_token: text } }),
    'a path': (text) => scene.ask('GET', `/users/${encodeURIComponent(text.slice(0, 2_500))}`, { token }),
    'a query': (text) => scene.ask('GET', `/livez?${encodeURIComponent(text.slice(0, 2_500))}`),
    Authorization: header('Authorization'),
    Cookie: header('Cookie'),
    'Content-Type': header('Content-Type'),
    Origin: header('Origin'),
    'X-Forwarded-For': header('X-Forwarded-For'),
  };
}
