import { unlessRefused } from '../../ask.ts';
import { type Attack, judged } from '../../attack.ts';

/** Content types that a page may send to another site without asking (Fetch §2.2.2), and some that pass for JSON with lax servers. */
const types = [
  'text/plain',
  'text/plain; charset=utf-8; application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/json',
  'application/json-p',
  'application/problem+json',
  'application/vnd.api+json',
  'application/json, text/plain',
  'text/plain, application/json',
  'application/jsonx',
  'application /json',
  '*/*',
  'json',
];

export const attack: Attack = {
  name: 'JSON that a form sends',
  wants: 'A login, a logout or a sign-up in the victim’s browser, by a form of another site whose text is JSON.',
  source: 'CWE-352; Fetch §2.2.2 (CORS-safelisted types); OWASP CSRF Prevention (login CSRF)',
  async *attempts(scene) {
    const { email, password, refreshToken } = await scene.person();
    const bodies: Readonly<Record<string, object>> = {
      '/login': { email, password },
      '/signup': scene.account(),
      '/setup': { ...scene.account(), setup_token: 'x' },
      '/refresh-access-token': { refresh_token: refreshToken },
      '/logout': { refresh_token: refreshToken },
    };
    for (const [path, body] of Object.entries(bodies)) {
      for (const type of types) {
        const answer = await scene.ask('POST', path, { raw: JSON.stringify(body), type });
        yield judged(`${path} as ${type}`, unlessRefused(answer, 415));
      }
      const untyped = await scene.ask('POST', path, { raw: JSON.stringify(body) });
      yield judged(`${path} without a type`, unlessRefused(untyped, 415));
    }
    const form = { grant_type: 'password', username: email, password };
    const headers = [['Origin', 'https://evil.example'] as const, ['Sec-Fetch-Site', 'cross-site'] as const];
    const answer = await scene.ask('POST', '/token', { form, headers });
    const cookies = answer.headers.filter(([name]) => /^set-cookie$/i.test(name));
    yield judged('a cookie by a form at /token', cookies.length === 0 ? undefined : cookies.join());
  },
};
