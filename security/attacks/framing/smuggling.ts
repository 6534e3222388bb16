import { type Attack, control, judged } from '../../attack.ts';
import { exchange, statusesIn } from '../../wire.ts';

const hidden = 'GET /livez HTTP/1.1\r\nHost: hidden\r\n\r\n';
const base = 'POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

/** Requests whose end a proxy in front could see elsewhere than we do. Behind each stands one that must not be heard. */
const framings: Readonly<Record<string, string>> = {
  'length and chunks': `${base}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
  'chunks and length': `${base}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${hidden}`,
  'two lengths': `${base}Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}${hidden}`,
  'two equal lengths in one header': `${base}Content-Length: 2, 2\r\n\r\n{}${hidden}`,
  'a length with a plus': `${base}Content-Length: +2\r\n\r\n{}${hidden}`,
  'a negative length': `${base}Content-Length: -2\r\n\r\n{}${hidden}`,
  'a length in hexadecimal': `${base}Content-Length: 0x2\r\n\r\n{}${hidden}`,
  'a length that is too large': `${base}Content-Length: 99999999999999999999\r\n\r\n{}${hidden}`,
  'a length with a space in its name': `${base}Content-Length : 2\r\n\r\n{}${hidden}`,
  'a length on a folded line': `${base}Content-Length:\r\n 2\r\n\r\n{}${hidden}`,
  'a folded header': `${base}X: a\r\n b\r\nContent-Length: 2\r\n\r\n{}${hidden}`,
  'chunks twice': `${base}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${hidden}`,
  'chunks that are not last': `${base}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n${hidden}`,
  'chunks with a tab': `${base}Transfer-Encoding:\tchunked\x0b\r\n\r\n0\r\n\r\n${hidden}`,
  'chunks in quotes': `${base}Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n${hidden}`,
  'chunks of another name': `${base}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${hidden}`,
  'chunks in HTTP/1.0': `${base.replace('1.1', '1.0')}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n${hidden}`,
  'a chunk size with a sign': `${base}Transfer-Encoding: chunked\r\n\r\n+2\r\n{}\r\n0\r\n\r\n${hidden}`,
  'a chunk size with 0x': `${base}Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n${hidden}`,
  'a chunk size that overflows': `${base}Transfer-Encoding: chunked\r\n\r\n10000000000000002\r\n{}\r\n0\r\n\r\n${hidden}`,
  'a chunk ended by a line feed alone': `${base}Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n${hidden}`,
  'a chunk without its line break': `${base}Transfer-Encoding: chunked\r\n\r\n2\r\n{}0\r\n\r\n${hidden}`,
  'line feeds alone': `${base.replaceAll('\r\n', '\n')}Content-Length: 2\n\n{}${hidden}`,
  'carriage returns alone': `${base}X: a\rContent-Length: 2\r\n\r\n${hidden}`,
  'NUL in a header': `${base}X: a\0b\r\nContent-Length: 2\r\n\r\n{}${hidden}`,
  'a space before the first header': `POST /login HTTP/1.1\r\n Host: x\r\nContent-Length: 2\r\n\r\n{}${hidden}`,
  'another version': `${base.replace('1.1', '9.9')}Content-Length: 2\r\n\r\n{}${hidden}`,
  'HTTP/2 without asking': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'TLS to a plain port': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
};

export const attack: Attack = {
  name: 'requests with two ends',
  wants: 'A second request hidden in the first, which the proxy in front never sees.',
  source: 'RFC 9112 §6.1, §6.3, §11.2; CWE-444; CVE-2022-32213, CVE-2022-35256, CVE-2023-30589, CVE-2024-27982',
  async *attempts(scene) {
    for (const [what, bytes] of Object.entries(framings)) {
      const said = await exchange(scene.url, Buffer.from(bytes, 'latin1'), 600);
      const statuses = statusesIn(said);
      const refused = statuses.length === 1 && statuses[0] === 400 && said.closed;
      yield judged(
        what,
        refused ? undefined : `answered ${statuses.join(', ')}${said.closed ? '' : ', and the connection stays open'}`,
      );
    }
    const two = await exchange(scene.url, `${base}Content-Length: 2\r\n\r\n{}${hidden}`, 600);
    yield control(
      'two requests that are honest get two answers',
      statusesIn(two).join() === '422,200' ? undefined : two.text,
    );
  },
};
