import { codeIn } from '../../ask.ts';
import { type Attack, control, judged } from '../../attack.ts';
import { refreshCookieName } from '../../people.ts';
import { allowedOrigin, publicUrl } from '../../scene.ts';

const script = { 'Sec-Fetch-Mode': 'cors', 'Sec-Fetch-Dest': 'empty' };
const evil = 'https://evil.example';

/** What browsers send for what other sites can cause, and what an enemy could hope to pass for. */
const hostile: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a script of another site': { 'Sec-Fetch-Site': 'cross-site', ...script, Origin: evil },
  'a script that hides its origin': { 'Sec-Fetch-Site': 'cross-site', ...script },
  'a sibling of the same site': { 'Sec-Fetch-Site': 'same-site', ...script },
  'a link': { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'document' },
  'a link on our own page': {
    'Sec-Fetch-Site': 'same-origin',
    'Sec-Fetch-Mode': 'navigate',
    'Sec-Fetch-Dest': 'document',
  },
  'an address that was typed': { 'Sec-Fetch-Site': 'none', 'Sec-Fetch-Mode': 'navigate' },
  'a frame': { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'iframe' },
  'an image': { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image' },
  'a script tag': { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'script' },
  'a WebSocket': { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'websocket' },
  'a prefetch': { 'Sec-Fetch-Site': 'same-origin', ...script, 'Sec-Purpose': 'prefetch' },
  'a prerender': { 'Sec-Fetch-Site': 'same-origin', ...script, 'Sec-Purpose': 'prefetch;prerender' },
  'an old prefetch': { Purpose: 'prefetch' },
  'the origin null': { Origin: 'null' },
  'a foreign origin': { Origin: evil },
  'a foreign origin that claims to be the same': { 'Sec-Fetch-Site': 'same-origin', ...script, Origin: evil },
  'an empty origin': { Origin: '' },
  'an origin that begins as ours': { Origin: `${allowedOrigin}.evil.example` },
  'an origin that ends as ours': { Origin: 'https://evilapp.example.com' },
  'our origin by http': { Origin: publicUrl.replace('https', 'http') },
  'our origin on another port': { Origin: `${publicUrl}:8443` },
  'our origin with a slash': { Origin: `${publicUrl}/` },
  'our origin in capitals': { Origin: publicUrl.toUpperCase() },
  'two origins': { Origin: `${publicUrl}, ${evil}` },
  'an unknown site': { 'Sec-Fetch-Site': 'same-origin, cross-site', ...script },
  'the origin of the machine': { Origin: 'http://localhost:8000' },
};

const calls = [
  ['GET', '/refresh-access-token'],
  ['POST', '/refresh-access-token'],
  ['POST', '/logout'],
] as const;

export const attack: Attack = {
  name: 'requests that another site causes',
  wants: 'A signed-in browser to rotate or end its session because a page elsewhere wanted it.',
  source: 'OWASP CSRF Prevention; ASVS 5.0 3.5.1–3.5.3; Fetch Metadata; CWE-352',
  async *attempts(scene) {
    const { refreshToken, id, accessToken } = await scene.person();
    const cookie = `${refreshCookieName}=${refreshToken}`;
    for (const [method, path] of calls) {
      for (const [what, headers] of Object.entries(hostile)) {
        const answer = await scene.ask(method, path, { cookie, headers: Object.entries(headers) });
        const touched = answer.headers.some(([name]) => /^set-cookie$/i.test(name));
        const refused = codeIn(answer) === 'cross-site-request' && !touched;
        yield judged(`${method} ${path} by ${what}`, refused ? undefined : `answered ${answer.status} ${answer.text}`);
      }
    }
    const alive = await scene.ask('GET', '/user', { token: accessToken });
    yield control('the session lives on', alive.status === 200 ? undefined : alive.text);
    const own = { 'Sec-Fetch-Site': 'cross-site', ...script, Origin: allowedOrigin };
    const answer = await scene.ask('GET', '/refresh-access-token', { cookie, headers: Object.entries(own) });
    yield control('an allowed page refreshes', answer.body.user?.id === id ? undefined : answer.text);
  },
};
