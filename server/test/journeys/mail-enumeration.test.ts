/**
 * Nobody learns by asking for a mail, or by trying a code, whether an address has an account, had one, or what became of it (OWASP Forgot
 * Password; WSTG-IDNT-04): the same bytes, and the same statements in the same order.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { once } from '../../src/http/once.ts';
import type { UserId } from '../../src/kernel/ids.ts';
import { behind } from '../support/behind.ts';
import { createClient } from '../support/client.ts';
import { openTestDatabase } from '../support/databases/index.ts';
import { ada, signUp, verifyAddress } from '../support/people.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { createStatementLog } from '../support/statement-log.ts';
import { send } from '../support/wire.ts';

interface Fate {
  readonly email: string;
  readonly prepare: (server: TestServer, id: UserId) => Promise<unknown>;
  /** Whether a mail goes out. */
  readonly reached: boolean;
}

const nobody = 'bob@example.com';
const all = async () => {};

const fates: Readonly<Record<string, Fate>> = {
  'a verified account': { email: ada.email, prepare: verifyAddress, reached: true },
  'an unverified account': { email: ada.email, prepare: all, reached: true },
  'an account without a password': {
    email: ada.email,
    prepare: ({ db }) => behind(db, (builder) => builder.deleteFrom('passwords')),
    reached: true,
  },
  'an address that nobody has': { email: nobody, prepare: all, reached: false },
  'a deleted account': {
    email: ada.email,
    prepare: ({ features }, id) => features.accounts.delete({ id, by: undefined }),
    reached: false,
  },
  'a disabled account': {
    email: ada.email,
    prepare: ({ features }, id) => features.accounts.disabling.disable({ id, by: undefined }),
    reached: false,
  },
  'another spelling of an account': { email: ada.email.toUpperCase(), prepare: verifyAddress, reached: true },
};

interface Step {
  readonly path: string;
  readonly body: (email: string) => object;
}

/** What a stranger does, and then observes. */
const doors: Readonly<Record<string, readonly Step[]>> = {
  'POST /password/forgot': [{ path: '/password/forgot', body: (email) => ({ email }) }],
  'POST /login/email': [{ path: '/login/email', body: (email) => ({ email }) }],
  'a code that nobody has asked for': [{ path: '/login/email/verify', body: (email) => ({ email, code: '000000' }) }],
  'a wrong code of a mail that was asked for': [
    { path: '/login/email', body: (email) => ({ email }) },
    { path: '/login/email/verify', body: (email) => ({ email, code: 'wrong' }) },
  ],
};

/** All that can be seen of the last answer, and what was done for it. */
async function observe(steps: readonly Step[], { email, prepare }: Fate) {
  const log = createStatementLog(await openTestDatabase());
  await using server = await startServer({ db: log.db });
  const held = await signUp(createClient(server.url));
  await prepare(server, held.id);
  // Once, so that whatever is read at the first time has been read.
  for (const { path, body } of steps) await post(server, path, body('warm@example.com'));
  await server.newMails();
  let answer: Awaited<ReturnType<typeof send>> | undefined;
  let code: string | undefined;
  for (const { path, body } of steps) {
    log.take();
    const sent = body(email) as { code?: string };
    answer = await post(server, path, sent.code === 'wrong' ? { ...sent, code: otherThan(code) } : sent);
    const [mail] = await server.newMails();
    code = mail?.template === 'sign-in' ? mail.data.code : undefined;
  }
  const statements = log.take();
  await server.db.close();
  return {
    status: answer?.status,
    headers: answer?.headers.map(([name, value]) => (name === 'Date' ? name : `${name}: ${value}`)),
    text: answer?.text.replace(/"urn:uuid:[0-9a-f-]{36}"/, '"…"'),
    // The mails are read by the test.
    statements: statements.filter((it) => it !== 'begin' && it !== 'end'),
  };
}

const otherThan = (code: string | undefined): string => (code === '000000' ? '000001' : '000000');

const post = ({ url }: TestServer, path: string, body: object) =>
  send(url, { method: 'POST', path, headers: [['Content-Type', 'application/json']], body: JSON.stringify(body) });

for (const [name, steps] of Object.entries(doors)) {
  describe(`${name} answers alike, after the same work`, () => {
    const [first, ...others] = Object.entries(fates) as [[string, Fate], ...[string, Fate][]];
    const reference = once(() => observe(steps, first[1]));
    const expected = name.includes('code') ? 422 : 202;

    test(first[0], async () => {
      const { status, headers, statements } = await reference();
      assert.equal(status, expected);
      assert.ok(statements.length > 3, 'something was done');
      assert.ok(!headers?.some((header) => /^set-cookie/i.test(header)));
    });

    for (const [what, fate] of others) {
      test(what, async () => assert.deepEqual(await observe(steps, fate), await reference()));
    }
  });
}

describe('a mail goes out to', () => {
  for (const [what, fate] of Object.entries(fates)) {
    test(`${what}: ${fate.reached ? 'yes' : 'no'}`, async () => {
      await using server = await startServer();
      const held = await signUp(createClient(server.url));
      await fate.prepare(server, held.id);
      await server.newMails();
      for (const path of ['/password/forgot', '/login/email']) await post(server, path, { email: fate.email });
      const mails = await server.newMails();
      assert.deepEqual(
        mails.map(({ to, template }) => [to, template]),
        fate.reached
          ? [
              [ada.email, 'reset-password'],
              [ada.email, 'sign-in'],
            ]
          : [],
      );
      // Nothing is left of what was done for nobody but the code that nobody was told.
      const rows = await behind<{ purpose: string }>(server.db, (builder) =>
        builder
          .selectFrom('one_time_tokens')
          .select('purpose')
          .where('purpose', 'in', ['reset-password', 'sign-in'])
          .orderBy('purpose'),
      );
      assert.deepEqual(
        rows.map(({ purpose }) => purpose),
        fate.reached ? ['reset-password', 'sign-in'] : ['sign-in'],
      );
    });
  }
});

test('after so many askings everybody has to wait alike', async () => {
  await using server = await startServer();
  await signUp(createClient(server.url));
  const answers = [];
  for (const email of [ada.email, nobody]) {
    for (let asking = 0; asking < 5; asking += 1) {
      assert.equal((await post(server, '/password/forgot', { email })).status, 202);
    }
    const { status, headers, text } = await post(server, '/password/forgot', { email });
    assert.equal(status, 429);
    const told = headers.map(([name, value]) => (name === 'Date' ? name : `${name}: ${value}`));
    answers.push({ told, text: text.replace(/"urn:uuid:[0-9a-f-]{36}"/, '"…"') });
  }
  assert.deepEqual(answers[1], answers[0]);
});
