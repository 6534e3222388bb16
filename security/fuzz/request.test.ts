import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { curlOf } from './curl.ts';
import { type Operation, readApiDocument } from './operations.ts';
import { type Drawn, render, requestsOf } from './request.ts';
import type { Spoil } from './spoil.ts';

const { operations, schemas } = readApiDocument();
const operationOf = (id: string): Operation => operations.find(({ operationId }) => operationId === id) as Operation;
const person = (name: string, id: number) => ({
  ...{ id: id as never, username: name, email: `${name}@example.com`, password: 'a password', device: 'd' },
  ...{ accessToken: `${name}.b.c`, refreshToken: `${name}.0.y.z`, sessionId: 'AAAAAAAAAAAAAAAAAAAAAA' },
});
const cast = {
  own: person('ada', 7),
  other: person('bea', 8),
  fresh: () => ({ username: 'cleo', email: 'c@example.com' }),
  things: {},
};
const body = { email: '⟦email⟧', password: '⟦password⟧' };
const logIn = (...spoils: Spoil[]) =>
  render(operationOf('logIn'), { parameters: {}, body, spoils }, 'anonymous', cast, '10.0.0.1');
const remove = (...spoils: Spoil[]) =>
  render(
    operationOf('deleteUser'),
    { parameters: { user_id: '⟦other id⟧' }, body: undefined, spoils },
    'user',
    cast,
    '10.0.0.1',
  );

describe('a request that is not spoilt', () => {
  test('is the operation, with what the words stand for', () => {
    const { request, onTarget } = logIn();
    assert.deepEqual([request.method, request.path, onTarget], ['POST', '/login', true]);
    assert.equal(request.body, '{"email":"ada@example.com","password":"a password"}');
  });

  test('shows the token of its role, and the cookie only where no token is wanted', () => {
    const names = remove().request.headers?.map(([name]) => name);
    assert.deepEqual(names, ['X-Forwarded-For', 'Authorization']);
    assert.equal(remove().request.path, '/users/8');
  });
});

describe('a spoil', () => {
  const bodies: readonly (readonly [Spoil, string])[] = [
    [{ kind: 'drop', field: 0 }, '{"password":"a password"}'],
    [{ kind: 'set', field: 3, value: null }, '{"email":"ada@example.com","password":null}'],
    [
      { kind: 'add', key: '__proto__', value: { x: 1 } },
      '{"email":"ada@example.com","password":"a password","__proto__":{"x":1}}',
    ],
    [{ kind: 'repeat-field', field: 1 }, '{"email":"ada@example.com","password":"a password","password":"a password"}'],
    [{ kind: 'body', value: [] }, '[]'],
    [{ kind: 'cut', at: 5 }, '{"ema'],
    [{ kind: 'text', before: '[', behind: 'x' }, '[{"email":"ada@example.com","password":"a password"}x'],
  ];
  for (const [spoil, text] of bodies)
    test(`${spoil.kind} makes ${text}`, () => assert.equal(logIn(spoil).request.body, text));

  test('of path or method leaves the operation; one of a header or a query does not', () => {
    assert.equal(remove({ kind: 'path', behind: '/..' }).onTarget, false);
    assert.equal(remove({ kind: 'parameter', place: 0, value: '%2e%2e' }).onTarget, false);
    assert.equal(remove({ kind: 'method', method: 'PUT' }).onTarget, false);
    assert.equal(remove({ kind: 'method', method: 'DELETE' }).onTarget, true);
    assert.equal(remove({ kind: 'query', text: 'a=b' }).onTarget, true);
    assert.equal(remove({ kind: 'parameter', place: 0, value: '-1' }).onTarget, true);
    assert.equal(remove({ kind: 'header', name: 'Range', value: 'x' }).onTarget, true);
  });
});

describe('a parameter of the query', () => {
  const list = (parameters: Record<string, unknown>, ...spoils: Spoil[]) =>
    render(operationOf('listRoles'), { parameters, body: undefined, spoils }, 'admin', cast, '10.0.0.1');

  test('is sent where it was drawn, as a text, and left out where it was not', () => {
    assert.equal(list({}).request.path, '/users/roles');
    assert.equal(
      list({ name: 'a&b/c', cursor: undefined, limit: 2 }).request.path,
      '/users/roles?name=a%26b%2Fc&limit=2',
    );
    assert.equal(list({ name: 'a/../b' }).onTarget, true);
  });

  test('may be spoilt, and others may stand behind it', () => {
    const spoils: Spoil[] = [
      { kind: 'parameter', place: 2, value: '%00' },
      { kind: 'query', text: 'a=b' },
    ];
    assert.equal(list({ name: 'x' }, ...spoils).request.path, '/users/roles?name=x&limit=%00&a=b');
    assert.equal(list({ name: 'x' }, { kind: 'path', behind: '?x=y' }).request.path, '/users/roles?x=y&name=x');
  });

  test('is drawn for most listings, and not for all', () => {
    const drawn = fc.sample(requestsOf(operationOf('listRoles'), schemas), { numRuns: 300, seed: 1 });
    const named = drawn.filter(({ parameters }) => parameters.name !== undefined).length;
    assert.ok(named > 40 && named < 150, String(named));
  });
});

test('a seed gives the same requests again', () => {
  const drawn = (seed: number): Drawn[] =>
    fc.sample(requestsOf(operationOf('createRole'), schemas), { numRuns: 50, seed });
  assert.deepEqual(drawn(5), drawn(5));
  assert.notDeepEqual(drawn(5), drawn(6));
});

test('one request of three is not spoilt, and all kinds of spoils occur', () => {
  const drawn = fc.sample(requestsOf(operationOf('logIn'), schemas), { numRuns: 1_000, seed: 1 });
  const whole = drawn.filter(({ spoils }) => spoils.length === 0).length;
  assert.ok(whole > 250 && whole < 420, String(whole));
  assert.equal(new Set(drawn.flatMap(({ spoils }) => spoils.map(({ kind }) => kind))).size, 14);
});

test('the command for a shell sends the very same, whatever is in it', () => {
  const odd = `it's "odd" $HOME \`x\` \\ \n {}`;
  const command = curlOf('http://x', {
    method: 'POST',
    path: "/a'b",
    headers: [
      ['X-A', odd],
      ['X-Empty', ''],
    ],
    body: odd,
  });
  const echoed = execFileSync('sh', ['-c', `printf '%s\\036' ${command}`], { encoding: 'utf8' }).split('\u001e');
  assert.deepEqual(echoed.slice(0, -1), [
    ...['curl', '-i', '--path-as-is', '-X', 'POST', '-H', `X-A: ${odd}`, '-H', 'X-Empty;'],
    ...['--data-raw', odd, "http://x/a'b"],
  ]);
  const bytes = curlOf('http://x', { method: 'POST', path: '/', body: Uint8Array.from([0, 39, 255]) });
  assert.match(bytes, /^printf '\\000\\047\\377' \| curl .* --data-binary @- 'http:\/\/x\/'$/);
});
