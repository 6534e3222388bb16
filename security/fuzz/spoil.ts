import fc from 'fast-check';

/** One thing that is wrong with a request, said so that it can be printed, repeated and left out again. */
export type Spoil =
  | { readonly kind: 'drop'; readonly field: number }
  | { readonly kind: 'set'; readonly field: number; readonly value: unknown }
  | { readonly kind: 'add'; readonly key: string; readonly value: unknown }
  | { readonly kind: 'body'; readonly value: unknown }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'repeat-field'; readonly field: number }
  | { readonly kind: 'text'; readonly before: string; readonly behind: string }
  | { readonly kind: 'bytes'; readonly bytes: readonly number[] }
  | { readonly kind: 'type'; readonly type: string }
  | { readonly kind: 'header'; readonly name: string; readonly value: string }
  | { readonly kind: 'parameter'; readonly place: number; readonly value: string }
  | { readonly kind: 'query'; readonly text: string }
  | { readonly kind: 'path'; readonly behind: string }
  | { readonly kind: 'method'; readonly method: string };

const keys = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'admin',
  'role',
  'id',
  '',
  '$gt',
  'a/b~c',
  'x'.repeat(500),
];
const texts = [
  '',
  ' ',
  "' or 1=1 --",
  '../../etc/passwd',
  '%00',
  '\u0000',
  '\ud800',
  '\ufdfa'.repeat(60),
  'x'.repeat(5_000),
  '⟦email⟧ ',
  '2030-02-31T24:61:00Z',
];
const numbers = [0, -1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, 5e-324];
const types = [
  'text/plain',
  'application/xml',
  'application/json; charset=utf-16',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/json',
  '',
  'a/b',
  'application/json;',
];
const parameters = [
  '0',
  '-1',
  '01',
  '1e3',
  '%D9%A3',
  'null',
  '%2e%2e',
  '%00',
  '%ff',
  "'",
  'x'.repeat(300),
  '9'.repeat(50),
  '%E2%80%AE',
  '2030-13-32T99:99:00Z',
];
const headers: readonly (readonly [string, string])[] = [
  ['Accept', 'text/html'],
  ['Accept', 'application/xml;q=1'],
  ['Accept-Encoding', 'gzip, br, identity;q=0'],
  ['Accept-Language', '\xff'],
  ['Authorization', 'Bearer'],
  ['Authorization', 'Bearer x.y.z'],
  ['Authorization', 'Basic eDp5'],
  ['Content-Encoding', 'gzip'],
  ['Cookie', '__Host-refresh_token=x; __Host-refresh_token=y'],
  ['Cookie', `a=${'b'.repeat(4_000)}`],
  ['If-None-Match', '*'],
  ['If-Match', '"x"'],
  ['If-Modified-Since', 'Thu, 01 Jan 2099 00:00:00 GMT'],
  ['Last-Event-ID', '-1'],
  ['Last-Event-ID', '99999999999999999999'],
  ['Origin', 'https://evil.example'],
  ['Origin', 'https://app.example.com'],
  ['Range', 'bytes=0-1'],
  ['Sec-Fetch-Site', 'cross-site'],
  ['User-Agent', 'x'.repeat(2_000)],
  ['X-Forwarded-For', 'unknown, _hidden, 999.1.1.1, '],
  ['X-Forwarded-Proto', 'javascript'],
  ['X-HTTP-Method-Override', 'DELETE'],
  ['X-Request-Id', '../../x'],
];

const place = fc.nat({ max: 7 });
const value: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...texts, ...numbers, null, true, [], {}, [[]], ['x', 'x']),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Ways to spoil a request. What no HTTP client could send is the business of `attacks/framing`. */
export const spoils: fc.Arbitrary<Spoil> = fc.oneof(
  fc.record({ kind: fc.constant('drop' as const), field: place }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('set' as const), field: place, value }) },
  fc.record({ kind: fc.constant('add' as const), key: fc.constantFrom(...keys), value }),
  fc.record({ kind: fc.constant('body' as const), value }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat({ max: 200 }) }),
  fc.record({ kind: fc.constant('repeat-field' as const), field: place }),
  fc.record({
    kind: fc.constant('text' as const),
    before: fc.constantFrom('', '[', '\ufeff', ' '),
    behind: fc.constantFrom('', ']', '}', 'x', '\u0000'),
  }),
  fc.record({ kind: fc.constant('bytes' as const), bytes: fc.array(fc.nat({ max: 255 }), { maxLength: 40 }) }),
  fc.record({ kind: fc.constant('type' as const), type: fc.constantFrom(...types) }),
  fc.constantFrom(...headers).map(([name, it]) => ({ kind: 'header' as const, name, value: it })),
  fc.record({ kind: fc.constant('parameter' as const), place, value: fc.constantFrom(...parameters) }),
  fc.record({
    kind: fc.constant('query' as const),
    text: fc.constantFrom('a=b', '__proto__[x]=1', 'limit=-1&limit=0', '%zz', '%00', '&&=='),
  }),
  fc.record({
    kind: fc.constant('path' as const),
    behind: fc.constantFrom('/', '//', '%20', ';x', '.json', '/..', '%2f', '?x=y'),
  }),
  fc.record({
    kind: fc.constant('method' as const),
    method: fc.constantFrom('HEAD', 'OPTIONS', 'PUT', 'PATCH', 'TRACE', 'GET', 'DELETE', 'POST'),
  }),
);
