import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { format, inspect } from 'node:util';
import { pino } from 'pino';
import { describeApi } from '../../src/app/describe-api.ts';
import { type Route, route } from '../../src/http/route.ts';
import { Type } from '../../src/http/schema.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { secretFields } from './routes.ts';

const text = 'correct horse battery staple';
const secret = new Secret(text);

describe('a Secret never prints itself', () => {
  const writings: Readonly<Record<string, () => string>> = {
    'as a text': () => String(secret),
    'in a template': () => `${secret}`,
    'by concatenation': () => ['key: ', secret].join(''),
    'in JSON': () => JSON.stringify({ secret, list: [secret] }),
    'to inspect': () => inspect({ secret, list: [secret] }, { showHidden: true, depth: null }),
    'to console': () => format('%s %o %O %j', secret, secret, secret, secret),
    'in the message of an error': () => String(new Error(`wrong key ${secret}`, { cause: secret })),
    'in an error that is inspected': () => inspect(Object.assign(new Error('wrong', { cause: secret }), { secret })),
    'in the log': () =>
      logged((log) => log.info({ secret, err: Object.assign(new Error('x'), { secret }) }, `${secret}`)),
    'as a list of its fields': () => JSON.stringify([Object.entries(secret), Object.getOwnPropertyNames(secret)]),
    'when it is copied': () => inspect([{ ...secret }, structuredClone({ ...secret })]),
  };
  for (const [how, write] of Object.entries(writings)) {
    test(how, () => assert.ok(!write().includes(text)));
  }

  test('except to who asks for it by name', () => assert.equal(secret.reveal(), text));
});

function logged(write: (log: pino.Logger) => void): string {
  const lines: string[] = [];
  write(pino({ level: 'trace' }, { write: (line: string) => lines.push(line) }));
  assert.equal(lines.length, 1);
  return lines.join();
}

describe('no reply has a field for a secret', async () => {
  const { routes } = await describeApi();

  test('under any name that says so', () => {
    assert.deepEqual(
      secretFields(routes),
      [],
      'such a field must not leave: take it out of the reply, or rename what is no secret',
    );
  });

  test('a reply that has one is found, however deep it lies', () => {
    const user = Type.Object({ id: Type.Integer(), password_hash: Type.String() });
    const found = secretFields([leaky(Type.Object({ data: Type.Array(Type.Union([Type.Null(), user])) }))]);
    assert.deepEqual(found, ['GET /leak 200 /data/password_hash']);
  });
});

const leaky = (schema: ReturnType<typeof Type.Object>): Route =>
  route({
    method: 'GET',
    url: '/leak',
    operationId: 'leak',
    summary: 'Leaks',
    tags: ['Test'],
    access: { kind: 'public', why: 'a test' },
    limit: { kind: 'none', why: 'a test' },
    replies: { 200: { schema, description: 'Too much.' } },
    refusals: [],
    handler: () => ({}),
  });
