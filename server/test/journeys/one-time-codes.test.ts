/** One-time tokens and codes by themselves, on a whole server: what they are bound to, how often they are heard, what is kept of them. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import type { Presented } from '../../src/features/one-time-codes/index.ts';
import { invalidOneTimeToken } from '../../src/features/one-time-codes/index.ts';
import { tooManyAttempts } from '../../src/features/throttle/index.ts';
import type { Refusal } from '../../src/kernel/errors.ts';
import type { UserId } from '../../src/kernel/ids.ts';
import type { Purpose } from '../../src/kernel/purpose.ts';
import { behind } from '../support/behind.ts';
import { createClient } from '../support/client.ts';
import { tokenIn } from '../support/mails.ts';
import { ada, bea, signUp } from '../support/people.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { refusedWith } from '../support/store-contract.ts';

const minute = 60_000;
const hour = 60 * minute;
const here = '192.0.2.1';

async function issue({ db, features }: TestServer, order: { purpose?: Purpose; user?: UserId; email?: string } = {}) {
  const { link, ...issued } = await db.transact((tx) =>
    features.oneTimeCodes.issue(tx, { purpose: 'sign-in', email: ada.email, ...order, user: order.user }),
  );
  return { ...issued, token: tokenIn(link) };
}

const find = (
  { features }: TestServer,
  presented: Presented,
  { purpose = 'sign-in', ip = here }: { purpose?: Purpose; ip?: string } = {},
) => features.oneTimeCodes.find(purpose, presented, ip);

const isRefused = (finding: Promise<unknown>, refusal: Refusal = invalidOneTimeToken) =>
  assert.rejects(finding, refusedWith(refusal));

/** As many codes as wanted, none of which is `code`. */
const others = (code: string, count: number): string[] =>
  Array.from({ length: count }, (_, place) => String((Number(code) + place + 1) % 1_000_000).padStart(6, '0'));

const codeOf = (issued: { code: string | undefined }): string => issued.code ?? assert.fail('there is no code');

async function hears(server: TestServer, presented: Presented, ip = here): Promise<boolean> {
  try {
    await find(server, presented, { ip });
    return true;
  } catch (error) {
    if (refusedWith(invalidOneTimeToken)(error)) return false;
    throw error;
  }
}

describe('a newer one kills the older ones', () => {
  test('of its purpose that went to the address, in whatever spelling', async () => {
    await using server = await startServer();
    const older = await issue(server);
    const reset = await issue(server, { purpose: 'reset-password' });
    const neighbours = await issue(server, { email: bea.email });
    const newer = await issue(server, { email: 'ADA@Example.COM' });
    await isRefused(find(server, { token: older.token }));
    for (const { token } of [neighbours, newer]) await find(server, { token });
    await find(server, { token: reset.token }, { purpose: 'reset-password' });
    assert.equal(await hears(server, { email: ada.email, code: codeOf(newer) }), true);
  });

  test('of its purpose that were made for the user, to whichever address', async () => {
    await using server = await startServer();
    const { id: user } = await signUp(createClient(server.url));
    const older = await issue(server, { user });
    await issue(server, { user, email: 'countess@example.com' });
    await isRefused(find(server, { token: older.token }));
  });

  test('but for the way back from a change of the address, of which every one stays good', async () => {
    await using server = await startServer();
    const { id: user } = await signUp(createClient(server.url));
    const order = { purpose: 'undo-email', user } as const;
    const [older, newer] = [await issue(server, order), await issue(server, order)];
    for (const { token } of [older, newer]) await find(server, { token }, order);
  });

  test('also when one was found already: it cannot be used any more', async () => {
    await using server = await startServer();
    const found = await find(server, { token: (await issue(server)).token });
    await issue(server);
    await isRefused(server.db.transact((tx) => server.features.oneTimeCodes.use(tx, found)));
  });
});

test('twenty uses of what was found at once: one succeeds', async () => {
  await using server = await startServer();
  const { token } = await issue(server);
  const found = await Promise.all(Array.from({ length: 20 }, () => find(server, { token })));
  const uses = found.map((it) => server.db.transact((tx) => server.features.oneTimeCodes.use(tx, it)));
  const outcomes = await Promise.allSettled(uses);
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') assert.ok(refusedWith(invalidOneTimeToken)(outcome.reason));
  }
});

describe('five tries are heard for a code', () => {
  test('one after the other; then the link of the same mail is still good', async () => {
    await using server = await startServer();
    const issued = await issue(server);
    const code = codeOf(issued);
    for (const wrong of others(code, 5)) assert.equal(await hears(server, { email: ada.email, code: wrong }), false);
    assert.equal(await hears(server, { email: ada.email, code }), false);
    await find(server, { token: issued.token });
  });

  test('also when fifty come at once, the right one among them', async () => {
    await using server = await startServer({ env: { RATE_LIMITS: 'off' } });
    const code = codeOf(await issue(server));
    const guesses = [...others(code, 49), code];
    await Promise.all(
      guesses.map((guess, place) => hears(server, { email: ada.email, code: guess }, `203.0.113.${place}`)),
    );
    const [row] = await behind<{ code_tries: number }>(server.db, (builder) =>
      builder.selectFrom('one_time_tokens').select('code_tries'),
    );
    assert.equal(Number(row?.code_tries), 5);
    assert.equal(await hears(server, { email: ada.email, code }), false);
  });

  test('of fifty right ones at once no more than five are heard', async () => {
    await using server = await startServer({ env: { RATE_LIMITS: 'off' } });
    const code = codeOf(await issue(server));
    const heard = await Promise.all(
      Array.from({ length: 50 }, (_, place) => hears(server, { email: ada.email, code }, `203.0.113.${place}`)),
    );
    assert.equal(heard.filter((it) => it).length, 5);
  });
});

describe('brute force over many codes', () => {
  /** Asks for a new code whenever one is used up, and guesses from ever new addresses; how many guesses are heard. */
  async function guessesIn(server: TestServer, attempts: number, pauseMs: number): Promise<number> {
    let heard = 0;
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const code = codeOf(await issue(server));
      const [wrong = ''] = others(code, 1);
      const ip = `198.51.${attempt >> 8}.${attempt & 255}`;
      const tried = find(server, { email: ada.email, code: wrong }, { ip });
      heard += await tried.then(
        () => assert.fail('a wrong code was found'),
        (error) => (refusedWith(tooManyAttempts)(error) ? 0 : 1),
      );
      server.clock.advance(pauseMs);
    }
    return heard;
  }

  test('is heard fifteen times at once, however many codes there are', async () => {
    await using server = await startServer();
    assert.equal(await guessesIn(server, 60, 0), 15);
  });

  test('and then about once an hour', async () => {
    await using server = await startServer();
    const heard = await guessesIn(server, 15 + 48 * 4, 15 * minute);
    assert.ok(heard >= 15 + 40 && heard <= 15 + 60, `${heard} in two days`);
  });

  test('from one source at many addresses is heard thirty times', async () => {
    await using server = await startServer();
    let heard = 0;
    for (let attempt = 0; attempt < 60; attempt += 1) {
      const email = `user${attempt}@example.com`;
      const [wrong = ''] = others(codeOf(await issue(server, { email })), 1);
      const tried = find(server, { email, code: wrong });
      heard += await tried.then(
        () => 1,
        (error) => (refusedWith(tooManyAttempts)(error) ? 0 : 1),
      );
    }
    assert.equal(heard, 30);
  });

  test('does not keep the owner from the link, and a right code takes the owner’s mistakes off', async () => {
    await using server = await startServer();
    const first = await issue(server);
    for (const wrong of others(codeOf(first), 4)) await hears(server, { email: ada.email, code: wrong });
    assert.equal(await hears(server, { email: ada.email, code: codeOf(first) }), true);
    await guessesIn(server, 15, 0);
    const last = await issue(server);
    await isRefused(find(server, { email: ada.email, code: codeOf(last) }, { ip: '192.0.2.9' }), tooManyAttempts);
    await find(server, { token: last.token });
  });
});

describe('whatever is worthless is refused alike', () => {
  const cases: Readonly<Record<string, (server: TestServer) => Promise<Presented>>> = {
    'a token that is made up': async () => ({ token: 'A'.repeat(43) }),
    'an empty token': async () => ({ token: '' }),
    'the token of another purpose': async (server) => ({
      token: (await issue(server, { purpose: 'reset-password' })).token,
    }),
    'the code for another address': async (server) => ({ email: bea.email, code: codeOf(await issue(server)) }),
    'a code for an address that nobody has asked for': async () => ({ email: 'nobody@example.com', code: '000000' }),
    'an expired token': async (server) => {
      const { token, lifeSeconds } = await issue(server);
      server.clock.advance(lifeSeconds * 1_000);
      return { token };
    },
    'an expired code': async (server) => {
      const issued = await issue(server);
      server.clock.advance(issued.lifeSeconds * 1_000);
      return { email: ada.email, code: codeOf(issued) };
    },
    'the code of a token that was used': async (server) => {
      const issued = await issue(server);
      const found = await find(server, { token: issued.token });
      await server.db.transact((tx) => server.features.oneTimeCodes.use(tx, found));
      return { email: ada.email, code: codeOf(issued) };
    },
    'a token of which two letters are other ones': async (server) => {
      const { token } = await issue(server);
      return { token: `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}` };
    },
  };
  for (const [what, present] of Object.entries(cases)) {
    test(what, async () => {
      await using server = await startServer();
      await isRefused(find(server, await present(server)));
    });
  }
});

describe('nothing raw is in the database', () => {
  const encodings = ['base64url', 'base64', 'hex'] as const;

  /** All that could stand there of a secret: itself, in other forms, or a digest without a key. */
  const formsOf = (secret: string): string[] => [
    secret,
    ...encodings.map((it) => Buffer.from(secret).toString(it)),
    ...['sha1', 'sha256', 'sha512', 'md5'].flatMap((hash) =>
      encodings.map((it) => createHash(hash).update(secret).digest(it)),
    ),
  ];

  test('neither token nor code, nor a digest of the code that could be tried out', async () => {
    await using server = await startServer();
    await signUp(createClient(server.url));
    await server.newMails();
    await createClient(server.url)('POST', '/login/email', { json: { email: ada.email } });
    const [mail] = await server.newMails();
    assert.ok(mail?.template === 'sign-in');
    const { code = '', link } = mail.data;
    const [, token = ''] = link.split('#token=');
    const tables = ['one_time_tokens', 'mails', 'audit_events', 'audit_personal', 'throttle_counters'] as const;
    const values: string[] = [];
    for (const table of tables) {
      const rows = await behind<object>(server.db, (builder) => builder.selectFrom(table).selectAll());
      values.push(...rows.flatMap((row) => Object.values(row).map(String)));
    }
    assert.ok(
      values.includes(createHash('sha256').update(token).digest('base64url')),
      'the digest of the token is there',
    );
    // A digest of 256 random bits tells nothing; one of six digits would.
    const rawToken = [token, ...encodings.map((it) => Buffer.from(token, 'base64url').toString(it))];
    for (const form of rawToken) assert.ok(!values.some((value) => value.includes(form)), form);
    const purpose = ['', 'sign-in'];
    const codes = [
      code,
      `${code}${ada.email}`,
      `${ada.email}${code}`,
      ...purpose.map((it) => `${it} ${code} ${ada.email}`),
    ];
    for (const form of codes.flatMap(formsOf)) assert.ok(!values.includes(form), form);
    assert.ok(!values.some((value) => new RegExp(`(?<![0-9])${code}(?![0-9])`).test(value)), 'the code itself');
  });
});

test('a sweep removes what is long over, and nothing that is good', async () => {
  await using server = await startServer();
  const reset = await issue(server, { purpose: 'undo-email', email: bea.email });
  await issue(server);
  server.clock.advance(25 * hour);
  await server.features.oneTimeCodes.sweep();
  const rows = await behind<{ purpose: string }>(server.db, (builder) =>
    builder.selectFrom('one_time_tokens').select('purpose'),
  );
  assert.deepEqual(
    rows.map(({ purpose }) => purpose),
    ['undo-email'],
  );
  await find(server, { token: reset.token }, { purpose: 'undo-email' });
});
