import { bodies } from './framing-bodies.ts';
import { chunked, type FramingAttack, head, host, inChunks, json, lines, refused } from './framing-words.ts';

/** Ways to write a header so that one reader sees it and another does not. */
const obfuscated: Readonly<Record<string, readonly string[]>> = {
  plain: [chunked],
  'in capitals': ['TRANSFER-ENCODING: CHUNKED'],
  'behind a tab': ['Transfer-Encoding:\tchunked'],
  'before a space': ['Transfer-Encoding: chunked '],
  'with a letter too many': ['Transfer-Encoding: xchunked'],
  'with a space before the colon': ['Transfer-Encoding : chunked'],
  'with a vertical tab': ['Transfer-Encoding: \x0bchunked'],
  'with a NUL': ['Transfer-Encoding: chunked\0'],
  'in quotes': ['Transfer-Encoding: "chunked"'],
  folded: ['Transfer-Encoding:', ' chunked'],
  'folded by a tab': ['Transfer-Encoding:', '\tchunked'],
  'as a continuation': ['X: y', ' Transfer-Encoding: chunked'],
  'behind a bare line feed': ['X: y\nTransfer-Encoding: chunked'],
  'behind a bare carriage return': ['X: y\rTransfer-Encoding: chunked'],
  'twice, once wrong': [chunked, 'Transfer-Encoding: cow'],
  'twice, first wrong': ['Transfer-Encoding: cow', chunked],
  'twice the same': [chunked, chunked],
  'behind identity': ['Transfer-Encoding: identity, chunked'],
  'before identity': ['Transfer-Encoding: chunked, identity'],
  'behind gzip': ['Transfer-Encoding: gzip, chunked'],
  'with a parameter': ['Transfer-Encoding: chunked;x=y'],
  empty: ['Transfer-Encoding:'],
  'with a letter of another alphabet': ['Transfer-Encoding: \xe7hunked'],
};

const encodings = Object.entries(obfuscated).flatMap(([how, headers]): FramingAttack[] => [
  {
    name: `CL.TE, Transfer-Encoding ${how}`,
    bytes: (hidden) => `${head(`Content-Length: ${5 + hidden.length}`, ...headers)}0\r\n\r\n${hidden}`,
    says: refused,
  },
  {
    name: `TE.CL, Transfer-Encoding ${how}`,
    bytes: (hidden) => {
      const body = inChunks(hidden);
      return head(...headers, `Content-Length: ${body.indexOf('\r\n') + 2}`) + body;
    },
    says: refused,
  },
]);

const lengths: readonly FramingAttack[] = [
  ['two lengths', ['0', 'LENGTH']],
  ['two lengths the other way round', ['LENGTH', '0']],
  ['the same length twice', ['LENGTH', 'LENGTH']],
  ['a list of lengths', ['LENGTH, LENGTH']],
  ['a list of two lengths', ['0, LENGTH']],
  ['a length with a sign', ['+LENGTH']],
  ['a negative length', ['-1']],
  ['a hexadecimal length', ['0xLENGTH']],
  ['a length with a fraction', ['LENGTH.0']],
  ['a length with a space in it', ['LENGTH 0']],
  ['a length with a vertical tab', ['\x0bLENGTH']],
  ['a length with a letter behind', ['LENGTHx']],
  ['no length in the header', ['']],
  ['a length beyond 64 bits', ['18446744073709551616']],
  ['a folded length', ['\r\n LENGTH']],
].map(([name, values]) => ({
  name: `Content-Length: ${name}`,
  bytes: (hidden) =>
    head(...(values as string[]).map((value) => `Content-Length: ${value.replace('LENGTH', String(hidden.length))}`)) +
    hidden,
  says: refused,
}));

const chunks: readonly FramingAttack[] = [
  ['a size beyond 64 bits', '10000000000000002\r\n{}\r\n0\r\n\r\n'],
  ['a negative size', '-2\r\n{}\r\n0\r\n\r\n'],
  ['a size with 0x', '0x2\r\n{}\r\n0\r\n\r\n'],
  ['a size with a plus', '+2\r\n{}\r\n0\r\n\r\n'],
  ['a size with a space behind', '2 \r\n{}\r\n0\r\n\r\n'],
  ['a size with an underscore', '2_\r\n{}\r\n0\r\n\r\n'],
  ['no size', '\r\n{}\r\n0\r\n\r\n'],
  ['a bare line feed behind the size', '2\n{}\r\n0\r\n\r\n'],
  ['a bare carriage return behind the size', '2\r{}\r\n0\r\n\r\n'],
  ['a bare line feed behind the data', '2\r\n{}\n0\r\n\r\n'],
  ['nothing behind the data', '2\r\n{}0\r\n\r\n'],
  ['two bytes of anything behind the data', '2\r\n{}xx0\r\n\r\n'],
  ['a line feed in an extension', '2;a\nb\r\n{}\r\n0\r\n\r\n'],
  ['a carriage return in an extension', '2;a\rb\r\n{}\r\n0\r\n\r\n'],
  ['a NUL in an extension', '2;a\0b\r\n{}\r\n0\r\n\r\n'],
  ['an extension of 20 KB', `2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`],
  ['a length among the trailers', '2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n'],
  ['an encoding among the trailers', '2\r\n{}\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ['trailers beyond 16 KiB', `2\r\n{}\r\n0\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
  ['a bare line feed at the end', '2\r\n{}\r\n0\r\n\n'],
].map(([name, body, status = 400]) => ({
  name: `chunks: ${name}`,
  bytes: (hidden) => head(chunked) + body + hidden,
  says: { refused: Number(status) },
}));

/** The hidden request is the body of a request whose headers are broken: whoever skips the broken line sees no length. */
const brokenHeads: readonly FramingAttack[] = [
  ['a bare line feed between headers', 'X: y\nContent-Length: LENGTH'],
  ['a bare carriage return between headers', 'X: y\rContent-Length: LENGTH'],
  ['a folded header', 'X: y\r\n Content-Length: LENGTH'],
  ['a NUL in a value', 'X: y\0\r\nContent-Length: LENGTH'],
  ['a NUL in a name', 'X\0: y\r\nContent-Length: LENGTH'],
  ['a name without a colon', 'X\r\nContent-Length: LENGTH'],
  ['an empty name', ': y\r\nContent-Length: LENGTH'],
  ['a name in another alphabet', 'Contents-L\xe4ngth: 0\r\nContent-Length: LENGTH'],
  ['a space before the colon', 'Content-Length : LENGTH'],
  ['a tab before the colon', 'Content-Length\t: LENGTH'],
  ['a space inside the name', 'Content Length: 0\r\nContent-Length: LENGTH'],
  ['a control sign in a value', 'X: \x01\r\nContent-Length: LENGTH'],
  ['a second Host', 'Host: evil.example\r\nContent-Length: LENGTH'],
  ['a second Content-Type', 'Content-Type: text/plain\r\nContent-Length: LENGTH'],
].map(([name = '', broken = '']) => ({
  name: `headers: ${name}`,
  bytes: (hidden) => head(broken.replace('LENGTH', String(hidden.length))) + hidden,
  says: refused,
}));

const plain = (line: string, ...headers: readonly string[]) => lines(line, ...headers, '', '');
const behind =
  (first: string) =>
  (hidden: string): string =>
    first + hidden;

/** The hidden request stands behind a first one that only some take for a request. */
const requestLines: readonly FramingAttack[] = [
  { name: 'no Host', bytes: behind(plain('GET /livez HTTP/1.1')), says: refused },
  { name: 'a broken Host', bytes: behind(plain('GET /livez HTTP/1.1', 'Host: a b')), says: refused },
  { name: 'a Host with a path', bytes: behind(plain('GET /livez HTTP/1.1', 'Host: a/b')), says: refused },
  { name: 'a Host with a user', bytes: behind(plain('GET /livez HTTP/1.1', 'Host: a@b')), says: refused },
  { name: 'a header before the first name', bytes: behind(plain('GET /livez HTTP/1.1', ' X: y', host)), says: refused },
  { name: 'HTTP/0.9', bytes: behind('GET /livez\r\n\r\n'), says: refused },
  { name: 'HTTP/0.9 by name', bytes: behind(plain('GET /livez HTTP/0.9', host)), says: refused },
  { name: 'HTTP/1.2', bytes: behind(plain('GET /livez HTTP/1.2', host)), says: refused },
  { name: 'HTTP/2.0', bytes: behind(plain('GET /livez HTTP/2.0', host)), says: refused },
  { name: 'the preface of HTTP/2', bytes: behind('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), says: refused },
  { name: 'lower-case http', bytes: behind(plain('GET /livez http/1.1', host)), says: refused },
  { name: 'a tunnel', bytes: behind(plain('CONNECT 127.0.0.1:22 HTTP/1.1', host)), says: refused },
  { name: 'a target that is a host', bytes: behind(plain('GET 127.0.0.1:22 HTTP/1.1', host)), says: refused },
  { name: 'a target without a slash', bytes: behind(plain('GET livez HTTP/1.1', host)), says: refused },
  { name: 'tabs for spaces', bytes: behind(plain('GET\t/livez\tHTTP/1.1', host)), says: refused },
  { name: 'a space at the end', bytes: behind(plain('GET /livez HTTP/1.1 ', host)), says: refused },
  { name: 'a space at the beginning', bytes: behind(plain(' GET /livez HTTP/1.1', host)), says: refused },
  { name: 'a version within the target', bytes: behind(plain('GET /livez HTTP/1.1 HTTP/1.1', host)), says: refused },
  { name: 'a NUL in the target', bytes: behind(plain('GET /livez\0 HTTP/1.1', host)), says: refused },
  { name: 'bytes in the target', bytes: behind(plain('GET /livez\xff HTTP/1.1', host)), says: refused },
  { name: 'a method in small letters', bytes: behind(plain('get /livez HTTP/1.1', host)), says: refused },
  { name: 'line feeds alone', bytes: behind(`GET /livez HTTP/1.1\n${host}\n\n`), says: refused },
  { name: 'a line feed alone at the end', bytes: behind(`GET /livez HTTP/1.1\r\n${host}\r\n\n`), says: refused },
  {
    name: 'chunks in HTTP/1.0',
    bytes: behind(lines('POST /login HTTP/1.0', json, 'Connection: keep-alive', chunked, '', '0\r\n\r\n')),
    says: refused,
  },
  {
    name: '200 headers',
    bytes: behind(plain('GET /livez HTTP/1.1', host, ...Array.from({ length: 200 }, () => 'a:'))),
    says: { refused: 431 },
  },
  {
    name: 'h2c',
    bytes: behind(
      plain(
        'GET /livez HTTP/1.1',
        ...[host, 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA'],
      ),
    ),
    says: { last: 200 },
  },
  {
    name: 'a WebSocket',
    bytes: behind(plain('GET /livez HTTP/1.1', host, 'Connection: Upgrade', 'Upgrade: websocket')),
    says: { last: 200 },
  },
  {
    name: 'a WebSocket that has broken off before',
    bytes: (hidden) =>
      plain('GET /livez HTTP/1.1', host, 'Connection: Upgrade', 'Upgrade: websocket') + hidden.slice(0, -10),
    says: { last: 200 },
  },
];

export const framingAttacks: readonly FramingAttack[] = [
  ...encodings,
  ...lengths,
  ...chunks,
  ...brokenHeads,
  ...requestLines,
  ...bodies,
];
