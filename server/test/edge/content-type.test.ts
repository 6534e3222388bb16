/**
 * What plain JSON refuses, no spelling of the request gets through; and what is accepted under another spelling is understood as the
 * same. Over a socket, because a test's own client would mend half of it.
 */
import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type TestApp, testApp } from '../../src/http/test-app.ts';
import { converse, type RawAnswer } from './raw.ts';

let app: TestApp;
let port: number;
before(async () => {
  app = await testApp();
  await app.app.listen({ host: '127.0.0.1', port: 0 });
  port = (app.app.server.address() as AddressInfo).port;
});
after(() => app[Symbol.asyncDispose]());

/** A spelling of one and the same body: headers, and what becomes of its bytes. */
interface Spelling {
  readonly headers: readonly string[];
  readonly encode: (body: string) => string;
}

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const utf8 = (body: string): string => latin1(Buffer.from(body));
const plain: Spelling = { headers: ['Content-Type: application/json'], encode: utf8 };

const type = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('application/json', 'Application/JSON', 'APPLICATION/json') },
  fc.constantFrom(
    ...['', ' ', 'application/jsonx', 'application/json/', 'application', 'json', '/json', 'application/', '*/*'],
    ...['application/ json', 'application /json', 'application/json x', 'application/json,', ',application/json'],
    ...[
      'application/json, text/plain',
      'text/plain, application/json',
      'application/problem+json',
      'application/+json',
    ],
    ...['application/vnd.api+json', 'text/json', 'text/plain', 'text/html', 'application/xml', 'application/x-ndjson'],
    ...['application/json\xa0', '\xa0application/json', 'applicat\xefon/json', 'undefined', 'null', '__proto__'],
    ...['multipart/form-data; boundary=x', 'application/x-www-form-urlencoded', 'application/octet-stream'],
  ),
  fc.string({ maxLength: 20 }).map((text) => text.replaceAll(/[^\x20-\x7e]/g, '')),
);
const parameter = fc.constantFrom(
  ...['charset=utf-8', 'charset="UTF-8"', 'charset=utf8', 'charset=utf-16', 'charset="utf-16le"', 'charset=iso-8859-1'],
  ...['charset=', 'charset', 'charset="utf-8', "charset*=utf-16''x", 'CHARSET=UTF-7', 'charset =utf-16', 'version=1'],
  ...['x="; charset=utf-16"', 'x="\\"; charset=utf-16"', '', ' ', '=', 'q=1', 'boundary=x', 'profile="a;b=c"'],
);
const contentType = fc
  .tuple(type, fc.array(parameter, { maxLength: 3 }), fc.constantFrom(';', '; ', ' ; ', ';\t', ';;', ', '))
  .map(([name, parameters, glue]) => [name, ...parameters].join(glue));
const headerName = fc.constantFrom('Content-Type', 'content-type', 'CONTENT-TYPE', 'Content_Type', 'X-Content-Type');
const space = fc.constantFrom('', ' ', '  ', '\t');
const typeHeader = fc.tuple(headerName, space, contentType, space).map(([n, a, v, b]) => `${n}:${a}${v}${b}`);
const types = fc.oneof({ weight: 6, arbitrary: typeHeader.map((it) => [it]) }, fc.array(typeHeader, { maxLength: 3 }));
const packing = fc.constantFrom<Spelling>(
  { headers: [], encode: utf8 },
  { headers: [], encode: utf8 },
  { headers: [], encode: utf8 },
  { headers: ['Content-Encoding: identity'], encode: utf8 },
  { headers: ['Content-Encoding: gzip'], encode: utf8 },
  { headers: ['Content-Encoding: gzip'], encode: (body) => latin1(gzipSync(body)) },
  { headers: ['Content-Encoding: deflate'], encode: (body) => latin1(deflateSync(body)) },
  { headers: ['Content-Encoding: identity', 'content-encoding: gzip'], encode: utf8 },
  { headers: [], encode: (body) => latin1(gzipSync(body)) },
  { headers: [], encode: (body) => utf8(`\ufeff${body}`) },
  { headers: [], encode: (body) => latin1(Buffer.from(body, 'utf16le')) },
  { headers: [], encode: (body) => latin1(Buffer.from(body, 'utf16le').swap16()) },
  { headers: [], encode: (body) => latin1(Buffer.from(`\ufeff${body}`, 'utf16le')) },
  { headers: [], encode: (body) => [...body].map((char) => `\0\0\0${char}`).join('') },
  { headers: [], encode: (body) => `+${Buffer.from(body).toString('base64')}-` },
);
const chunkSizes = fc.oneof(fc.constant(undefined), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }));
const spelling = fc
  .tuple(types, packing)
  .map(([headers, { headers: packed, encode }]): Spelling => ({ headers: [...headers, ...packed], encode }));

/** Bodies that are good, that break a rule of the schema, and that break one of JSON. */
const body = fc.oneof(
  fc.constantFrom(
    ...[
      '{"name":"ada"}',
      ' {"name":"ada"}\n',
      '{"name":"ada","color":"red"}',
      '{"name":"\\u0061da"}',
      '{"name":"zoë"}',
    ],
    ...['{}', 'null', '[]', '{"name":1}', '{"name":["ada"]}', '{"name":"ada","is_admin":true}', '{"name":""}'],
    ...['', '{', '{"name":"ada"', "{'name':'ada'}", '{"name":"ada",}', '{"name":"a","name":"b"}', 'name=ada'],
    ...['{"name":"ada"}{}', '{"__proto__":{"name":"ada"}}', '{"name":"\\ud800"}', '\u2028{}', '--x\r\n\r\n{}\r\n--x--'],
  ),
  fc.json().map((text) => text.slice(0, 500)),
  fc.record({ name: fc.string({ maxLength: 8 }) }).map((it) => JSON.stringify(it)),
);

async function post({ headers, encode }: Spelling, text: string, sizes?: readonly number[]): Promise<RawAnswer> {
  const bytes = encode(text);
  const sent =
    sizes === undefined
      ? [`Content-Length: ${bytes.length}`, '', bytes]
      : ['Transfer-Encoding: chunked', '', chunksOf(bytes, sizes)];
  const [answer] = (
    await converse({ port, upTo: 1 }, ['POST /echo HTTP/1.1', 'Host: a', ...headers, ...sent].join('\r\n'))
  ).answers;
  assert.ok(answer, 'no answer');
  return answer;
}

function chunksOf(bytes: string, sizes: readonly number[]): string {
  const chunks: string[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const piece = bytes.slice(at, at + (sizes[turn % sizes.length] ?? 1));
    chunks.push(`${piece.length.toString(16)}\r\n${piece}\r\n`);
    at += piece.length;
  }
  return `${chunks.join('')}0\r\n\r\n`;
}

test('property: what plain JSON refuses, no spelling gets through; what gets through is understood alike', async () => {
  const seen = { accepted: 0, refusedBoth: 0, refusedSpelling: 0 };
  await fc.assert(
    fc.asyncProperty(body, spelling, chunkSizes, async (text, spelled, sizes) => {
      const [asPlain, asSpelled] = [await post(plain, text), await post(spelled, text, sizes)];
      assert.ok(asPlain.status < 500 && asSpelled.status < 500);
      if (asSpelled.status === 201) {
        assert.deepEqual([asPlain.status, asPlain.body], [201, asSpelled.body]);
        seen.accepted += 1;
      } else if (asPlain.status === 201) seen.refusedSpelling += 1;
      else seen.refusedBoth += 1;
      // Either the spelling is at fault, or the body, and then as it is in plain JSON.
      // Nothing at all, without a type, is no body and not an empty one.
      if (asSpelled.status === 422 && text !== '') assert.equal(asPlain.status, 422);
    }),
    { numRuns: 2_500 },
  );
  // The property says nothing where one of these never happens.
  assert.ok(Math.min(...Object.values(seen)) > 20, JSON.stringify(seen));
});

test('the same body is accepted whole, in chunks, and byte by byte', async () => {
  for (const sizes of [undefined, [1], [3, 1], [1_000]]) {
    const answer = await post(plain, '{"name":"zoë"}', sizes);
    assert.deepEqual([answer.status, Buffer.from(answer.body, 'latin1').toString()], [201, '{"name":"zoë"}']);
  }
});
