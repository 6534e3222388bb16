import { unlessRefused } from '../../ask.ts';
import { type Attack, control, judged } from '../../attack.ts';
import { exchange, statusesIn } from '../../wire.ts';

const overrides = ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override', '_method', 'X-Original-Method'];
const rewrites = ['X-Original-URL', 'X-Rewrite-URL', 'X-Forwarded-Path', 'X-Forwarded-Prefix', 'X-Override-URL'];
const odd = [
  'TRACE',
  'TRACK',
  'CONNECT',
  'PROPFIND',
  'DEBUG',
  'PUT',
  'PATCH',
  'get',
  'GeT',
  'HEAD',
  'OPTIONS',
  'QUERY',
  'X',
];

export const attack: Attack = {
  name: 'methods and addresses from headers',
  wants: 'To delete by a GET, or to reach another route than the one that was checked, by a header that overrides it.',
  source: 'OWASP WSTG-CONF-06; CWE-436; CVE-2018-14773 (X-Original-URL)',
  async *attempts(scene) {
    const admin = await scene.holder();
    const { id, accessToken: token } = await scene.holder();
    for (const header of overrides) {
      for (const method of ['GET', 'POST']) {
        const headers = [[header, 'DELETE'] as const];
        const answer = await scene.ask(method, `/users/${id}?_method=DELETE`, { token: admin.accessToken, headers });
        const isLook = method === 'GET' && answer.status === 200 && answer.body.id === id;
        yield judged(`${header} on ${method}`, isLook ? undefined : unlessRefused(answer, 404, 405));
      }
    }
    for (const header of rewrites) {
      const answer = await scene.ask('GET', '/livez', { headers: [[header, '/user']], token });
      yield judged(header, answer.body.status === 'ok' || answer.body.id === undefined ? undefined : answer.text);
    }
    for (const method of odd) {
      const path = '/refresh-access-token';
      const head = `${method} ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`;
      const said = await exchange(scene.url, head, 2_000);
      // A closed connection is an answer too.
      const [status = 0] = statusesIn(said);
      const echoed = said.text.includes(token);
      yield judged(
        `${method} ${path}`,
        (status === 0 || (status >= 400 && status < 500)) && !echoed ? undefined : said.text.slice(0, 300),
      );
    }
    const { status } = await scene.ask('GET', '/user', { token });
    yield control('the victim is still there', status === 200 ? undefined : `answered ${status}`);
  },
};
