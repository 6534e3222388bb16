import { chunk, chunked, type FramingAttack, head, inChunks, json } from './framing-words.ts';
import { rawRequest } from './raw.ts';

/** The hidden request is the body of a good one: it must be read as that, also where nobody wants a body. */
export const bodies: readonly FramingAttack[] = [
  ...[
    ['GET /livez', 200],
    ['HEAD /nope', 404],
    ['GET /user', 401],
    ['GET /nope', 404],
    ['OPTIONS /login', 405],
    ['PUT /login', 405],
    ['POST /nope', 404],
    ['POST /users/roles', 401],
    ['DELETE /sessions', 401],
    ['POST /login', 400],
    ['TRACE /login', 405],
  ].flatMap(([line = '', status = 0]): FramingAttack[] => [
    {
      name: `a body of ${line}`,
      bytes: (hidden) => rawRequest(String(line), [json], hidden),
      says: { answers: [Number(status)] },
    },
    {
      name: `a body of ${line} in chunks`,
      bytes: (hidden) => `${rawRequest(String(line), [json, chunked])}${inChunks(hidden)}`,
      says: { answers: [Number(status)] },
    },
  ]),
  {
    name: 'a body that is too large',
    bytes: (hidden) => rawRequest('POST /login', [json], ' '.repeat(100_000) + hidden),
    says: { answers: [413] },
  },
  {
    name: 'a body that is announced',
    bytes: (hidden) => rawRequest('POST /login', [json, 'Expect: 100-continue'], hidden),
    says: { answers: [400] },
  },
  {
    name: 'a body that is announced in disguise',
    bytes: (hidden) => rawRequest('POST /login', [json, 'Expect: y 100-continue'], hidden),
    says: { answers: [400] },
  },
  {
    name: 'a body with an unknown expectation',
    bytes: (hidden) => rawRequest('POST /login', [json, 'Expect: cookies'], hidden),
    says: { answers: [400] },
  },
  {
    name: 'a body of an announced GET',
    bytes: (hidden) => rawRequest('GET /livez', ['Expect: 100-continue'], hidden),
    says: { answers: [200] },
  },
  {
    name: 'a body with an upgrade',
    bytes: (hidden) => rawRequest('POST /login', [json, 'Connection: Upgrade', 'Upgrade: websocket'], hidden),
    says: { last: 400 },
  },
  {
    name: 'a body whose length is named as a matter of this hop',
    bytes: (hidden) => rawRequest('POST /login', [json, 'Connection: keep-alive, Content-Length'], hidden),
    says: { answers: [400] },
  },
  {
    name: 'a body whose length has another name besides',
    bytes: (hidden) => rawRequest('POST /login', [json, 'Content_Length: 0'], hidden),
    says: { answers: [400] },
  },
  {
    name: 'an encoding under another name',
    bytes: (hidden) => rawRequest('POST /login', [json, 'Transfer_Encoding: chunked'], `0\r\n\r\n${hidden}`),
    says: { answers: [400] },
  },
  {
    name: 'a length with leading zeros',
    bytes: (hidden) => head(`Content-Length: 000${hidden.length}`) + hidden,
    says: { answers: [400] },
  },
  {
    name: 'an extension of a chunk',
    bytes: (hidden) => `${head(chunked)}${hidden.length.toString(16)};a=b;c="d"\r\n${hidden}\r\n0;e\r\n\r\n`,
    says: { answers: [400] },
  },
  {
    name: 'a chunk whose size has leading zeros',
    bytes: (hidden) => `${head(chunked)}0000000000000${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`,
    says: { answers: [400] },
  },
  {
    name: 'trailers',
    bytes: (hidden) => `${head(chunked)}${chunk(hidden)}0\r\nAuthorization: Bearer x\r\nHost: evil\r\n\r\n`,
    says: { answers: [400] },
  },
  {
    name: 'a target with scheme and host',
    bytes: (hidden) => rawRequest('GET http://evil.example/livez', [], hidden),
    says: { answers: [200] },
  },
  {
    name: 'the target *',
    bytes: (hidden) => rawRequest('OPTIONS *', [], hidden),
    says: { answers: [404] },
  },
  {
    name: 'a request behind empty lines',
    bytes: (hidden) => `\r\n\r\n${rawRequest('GET /livez', [], hidden)}`,
    says: { answers: [200] },
  },
];
