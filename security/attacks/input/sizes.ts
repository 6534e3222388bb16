import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { type Attack, control, judged } from '../../attack.ts';
import type { Scene } from '../../scene.ts';
import { exchange, statusesIn } from '../../wire.ts';

const tenMegabytes = 10 * 2 ** 20;
/** Silence after which an answer counts as complete: milliseconds. */
const quietMs = 700;

export const attack: Attack = {
  name: 'bodies and heads of great size',
  wants: 'The memory and the time of the server, for few bytes of the enemy’s.',
  source: 'CWE-400, CWE-409 (decompression bomb), CWE-770; OWASP API4:2023; RFC 6585 §5',
  async *attempts(scene) {
    const paths = ['/login', '/token', '/signup', '/logout', '/refresh-access-token', '/users/roles'];
    for (const path of scene.quick ? paths.slice(0, 2) : paths) {
      yield* bodies(scene, path);
    }
    yield* bombs(scene);
    yield* heads(scene);
    const began = performance.now();
    const { status } = await scene.ask('GET', '/livez');
    const ms = performance.now() - began;
    yield control('the server answers', status === 200 && ms < 2_000 ? undefined : `${status} after ${ms} ms`);
  },
};

async function* bodies(scene: Scene, path: string) {
  const type = path === '/token' ? 'application/x-www-form-urlencoded' : 'application/json';
  const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\n`;
  const announced = await exchange(
    scene.url,
    `${head}Content-Length: ${tenMegabytes}\r\n\r\n${'x'.repeat(70_000)}`,
    2_000,
  );
  // Without a token a bearer route does not look at a body at all.
  const refused = (statuses: number[]) => statuses.length === 1 && [401, 413].includes(statuses[0] ?? 0);
  yield judged(`10 MB announced at ${path}`, refused(statusesIn(announced)) ? undefined : announced.text.slice(0, 100));
  // Whoever still sends when the connection is closed may miss the answer.
  const body = 'x'.repeat(tenMegabytes);
  const sent = await exchange(
    scene.url,
    `${head}Connection: close\r\nContent-Length: ${tenMegabytes}\r\n\r\n${body}`,
    5_000,
  );
  yield judged(
    `10 MB sent to ${path}`,
    sent.closed && refused([...statusesIn(sent), 413].slice(0, 1)) ? undefined : `answered ${sent.text.slice(0, 100)}`,
  );
  const chunk = `${(50_000).toString(16)}\r\n${'x'.repeat(50_000)}\r\n`;
  const chunked = await exchange(scene.url, `${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(4)}`, quietMs);
  yield judged(`chunks without end at ${path}`, refused(statusesIn(chunked)) ? undefined : chunked.text.slice(0, 100));
}

/** A body that unpacks to something readable must not be unpacked; packed bytes are no JSON. */
async function* bombs(scene: Scene) {
  const { email, password } = await scene.person();
  const login = JSON.stringify({ email, password });
  const bomb = JSON.stringify({ email: 'x'.repeat(tenMegabytes), password });
  const packers = {
    gzip: gzipSync,
    deflate: deflateSync,
    br: brotliCompressSync,
    'gzip, gzip': (it: Buffer) => gzipSync(gzipSync(it)),
  };
  for (const [encoding, pack] of Object.entries(packers)) {
    for (const [what, text] of Object.entries({ 'a login': login, 'a bomb': bomb })) {
      const raw = pack(Buffer.from(text));
      const headers = [['Content-Encoding', encoding] as const];
      const began = performance.now();
      const { status } = await scene.ask('POST', '/login', { raw, type: 'application/json', headers });
      const ms = performance.now() - began;
      yield judged(
        `${what} as ${encoding}`,
        status >= 400 && status < 500 && ms < 2_000 ? undefined : `answered ${status} after ${ms} ms`,
      );
    }
  }
}

async function* heads(scene: Scene) {
  const base = 'Host: x\r\nConnection: close\r\n';
  const heads: Readonly<Record<string, string>> = {
    'a header of 100 KB': `GET /livez HTTP/1.1\r\n${base}X: ${'x'.repeat(100_000)}\r\n\r\n`,
    '20,000 headers': `GET /livez HTTP/1.1\r\n${base}${'X: y\r\n'.repeat(20_000)}\r\n`,
    'an address of 100 KB': `GET /${'x'.repeat(100_000)} HTTP/1.1\r\n${base}\r\n`,
    'a method of 100 KB': `${'X'.repeat(100_000)} / HTTP/1.1\r\n${base}\r\n`,
    'a cookie of 60 KB': `GET /user HTTP/1.1\r\n${base}Cookie: ${'a=b; '.repeat(12_000)}\r\n\r\n`,
  };
  for (const [what, head] of Object.entries(heads)) {
    const said = await exchange(scene.url, head, 3_000);
    const [status = 0] = statusesIn(said);
    yield judged(what, [0, 400, 431].includes(status) ? undefined : `answered ${status}`);
  }
}
