import { type Attack, judged } from '../../attack.ts';
import { exchange } from '../../wire.ts';

const mark = 'X-Injected';

/** Line breaks in every spelling that something on the way could turn into one. */
const breaks = [
  '\r\n',
  '\n',
  '\r',
  '%0d%0a',
  '%0a',
  '%0d',
  '%E5%98%8A%E5%98%8D',
  '\\r\\n',
  '\u560a\u560d',
  '%250d%250a',
  '\u2028',
];

export const attack: Attack = {
  name: 'lines smuggled into answers and the log',
  wants: 'A header or a body of the enemy’s in an answer, or a line of theirs in the log.',
  source: 'CWE-113, CWE-117; OWASP HTTP Response Splitting, Log Injection',
  async *attempts(scene) {
    for (const line of breaks) {
      const evil = `x${line}${mark}: 1${line}${line}{"level":50,"msg":"injected"}`;
      const encoded = encodeURI(evil).replaceAll('%250', '%0');
      for (const path of [
        `/${encoded}`,
        `/users/${encoded}`,
        `/sessions/${encoded}`,
        `/livez?x=${encoded}`,
        `/problems/${encoded}`,
      ]) {
        const answer = await scene.ask('GET', path);
        const injected = answer.headers.some(([name, value]) => /injected/i.test(name + value));
        yield judged(
          `${JSON.stringify(line)} in ${path.slice(0, 24)}`,
          injected ? JSON.stringify(answer.headers) : undefined,
        );
      }
      const latin = Buffer.from(evil, 'utf8').toString('latin1');
      for (const header of ['Origin', 'User-Agent', 'X-Request-Id', 'Cookie', 'Authorization', 'Content-Type']) {
        const said = await exchange(
          scene.url,
          `GET /user HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${header}: a${latin}\r\n\r\n`,
          2_000,
        );
        yield judged(`${JSON.stringify(line)} in ${header}`, /^x-injected/im.test(said.text) ? said.text : undefined);
      }
      const json = { email: `${evil}@example.com`, username: evil, password: evil };
      for (const path of ['/login', '/signup']) await scene.ask('POST', path, { json });
      await scene.ask('POST', '/token', { form: { grant_type: evil, username: evil, password: evil } });
    }
    yield judged('a line in the log', /^\{"level":50,"msg":"injected/m.test(scene.log()) ? 'it is there' : undefined);
  },
};
