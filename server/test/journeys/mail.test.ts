import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Letter } from '../../src/features/mail/index.ts';
import type { UserId } from '../../src/kernel/ids.ts';
import { behind } from '../support/behind.ts';
import { createClient } from '../support/client.ts';
import { openTestDatabase } from '../support/databases/index.ts';
import { ada, bea, signUp } from '../support/people.ts';
import { createTestClock, type TestClock } from '../support/ports.ts';
import { assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer, type TestServerOptions } from '../support/server.ts';
import { linkIn, type SmtpReceiver, startSmtpReceiver } from '../support/smtp-receiver.ts';

const token = 'q3Jv0s9TtY5b7mB1kQxZ2A';

const readerAt = (email: string) => ({ id: undefined, email, locale: 'en' });

const letter: Letter = {
  template: 'reset-password',
  data: {
    username: 'ada',
    link: `http://localhost:8000/mail/reset-password#token=${token}`,
    code: '123456',
    minutes: 30,
  },
};

const lifeSeconds = 1_800;

const post = (server: TestServer, ...addresses: readonly string[]) => postFor(server, lifeSeconds, ...addresses);

const postFor = (server: TestServer, seconds: number, ...addresses: readonly string[]) =>
  server.db.transact(async (tx) => {
    for (const to of addresses) {
      await server.features.mail.postTo(tx, readerAt(to), letter, { lifeSeconds: seconds });
    }
  });

/** What goes by while the mail server behaves in one way. */
const letPass = async (server: TestServer, seconds: number) => {
  for (let second = 0; second < seconds; second += 5) {
    await server.features.mail.delivery.all();
    server.clock.advance(5_000);
  }
};

const sendingTo = (receiver: SmtpReceiver, options: TestServerOptions = {}) =>
  startServer({ ...options, env: { SMTP_URL: receiver.url, MAIL_FROM: 'Example <no-reply@example.com>' } });

const states = async ({ features }: TestServer) =>
  (await features.mail.outbox.list({ state: undefined, limit: 1_000 })).map(({ to, state, attempts }) => [
    to,
    state,
    attempts,
  ]);

const bodies = async ({ db }: TestServer) =>
  (await behind<{ sealed: string | null }>(db, (it) => it.selectFrom('mails').select('sealed'))).map((it) => it.sealed);

const settled = async (server: TestServer) => {
  const [mail] = await server.features.mail.outbox.list({ state: undefined, limit: 1 });
  assert.ok(mail);
  return mail;
};

/** What goes by until a mail that has failed is surely due again. */
const longEnough = (clock: TestClock) => clock.advance(600_000);

describe('a mail in the outbox', () => {
  test('goes out once, from the sender, with its link, and nothing of what it said is left', async () => {
    await using receiver = await startSmtpReceiver();
    await using server = await sendingTo(receiver);
    await post(server, 'ada@example.com');
    assert.equal(receiver.mails.length, 0, 'nobody waits for a mail server');
    await server.features.mail.delivery.all();
    await server.features.mail.delivery.all();
    const [mail, ...more] = receiver.mails;
    assert.ok(mail);
    assert.deepEqual([mail.to, mail.from.address, more], [['ada@example.com'], 'no-reply@example.com', []]);
    assert.equal(linkIn(mail), `http://localhost:8000/mail/reset-password#token=${token}`);
    assert.deepEqual(await states(server), [['ada@example.com', 'sent', 1]]);
    assert.deepEqual(await bodies(server), [null]);
  });

  test('of a transaction that is rolled back never goes out', async () => {
    await using receiver = await startSmtpReceiver();
    await using server = await sendingTo(receiver);
    const failing = server.db.transact(async (tx) => {
      await server.features.mail.postTo(tx, readerAt('ada@example.com'), letter, { lifeSeconds });
      throw new Error('the change failed');
    });
    await assert.rejects(failing, /the change failed/);
    await server.features.mail.delivery.all();
    assert.deepEqual([receiver.mails.length, await states(server)], [0, []]);
  });

  test('holds no token in the open: not in its row, not in the log', async () => {
    await using receiver = await startSmtpReceiver();
    await using server = await sendingTo(receiver);
    receiver.judge(() => ({ refuse: 451, text: `I do not like #token=${token}` }));
    await post(server, 'ada@example.com');
    await server.features.mail.delivery.all();
    const rows = JSON.stringify(await behind(server.db, (it) => it.selectFrom('mails').selectAll()));
    assert.ok(rows.includes('I do not like'));
    for (const text of [rows, server.log.join('\n')]) assert.ok(!text.includes(token));
  });

  test('waits while the mail server is away, and then all arrive, once each', async () => {
    await using receiver = await startSmtpReceiver();
    const clock = createTestClock();
    await using server = await sendingTo(receiver, { clock });
    await receiver.leave();
    const addresses = Array.from({ length: 20 }, (_, place) => `user-${place}@example.com`);
    await post(server, ...addresses);
    for (let outage = 0; outage < 3; outage += 1) {
      await server.features.mail.delivery.all();
      clock.advance(120_000);
    }
    const tried = (await states(server)).map(([, , attempts]) => Number(attempts));
    assert.ok(
      tried.reduce((sum, it) => sum + it) <= 15,
      'a server that is away is asked for one mail on each connection, and not for all of them',
    );
    await receiver.comeBack();
    while ((await server.features.mail.outbox.list({ state: 'waiting', limit: 1 })).length > 0) {
      await server.features.mail.delivery.all();
      clock.advance(60_000);
    }
    assert.deepEqual(receiver.mails.map(({ to }) => to[0]).sort(), addresses.toSorted());
  });

  test('that is refused is given up, and says why; the others go out', async () => {
    await using receiver = await startSmtpReceiver();
    await using server = await sendingTo(receiver);
    receiver.judge((to) => (to.startsWith('gone') ? { refuse: 550, text: '5.1.1 no such user' } : 'take'));
    await post(server, 'gone@example.com', 'ada@example.com');
    await server.features.mail.delivery.all();
    assert.deepEqual((await states(server)).sort(), [
      ['ada@example.com', 'sent', 1],
      ['gone@example.com', 'given-up', 1],
    ]);
    const [lost] = await server.features.mail.outbox.list({ state: 'given-up', limit: 1 });
    assert.match(lost?.lastError ?? '', /550 5\.1\.1 no such user/);
    assert.deepEqual(await bodies(server), [null, null]);
    assert.ok(server.log.some((line) => line.includes('mails given up: 1')));
    longEnough(server.clock);
    await server.features.mail.delivery.all();
    assert.equal(receiver.mails.length, 1);
  });

  test('that is turned away for now is tried again, later each time, with the same id, until its links are dead', async () => {
    await using receiver = await startSmtpReceiver();
    await using server = await sendingTo(receiver);
    const asked: number[] = [];
    receiver.judge(() => {
      asked.push(server.clock.now());
      return { refuse: 452, text: 'mailbox full' };
    });
    await post(server, 'ada@example.com');
    const posted = server.clock.now();
    await letPass(server, lifeSeconds + 10);
    const last = asked.pop() ?? 0;
    assert.ok(Math.abs((last - posted) / 1_000 - (lifeSeconds - 60)) <= 5, 'the last time while its links are of use');
    const waits = asked.slice(1).map((at, place) => (at - (asked[place] ?? 0)) / 1_000);
    assert.ok(waits.length >= 5 && waits.length <= 10, String(waits));
    const bounds = waits.map((_, place) => 10 * 2 ** place);
    assert.ok(waits.every((wait, place) => wait >= (bounds[place] ?? 0) / 2 && wait <= (bounds[place] ?? 0) + 5));
    const { state, lastError } = await settled(server);
    assert.deepEqual([state, receiver.mails.length], ['given-up', 0]);
    assert.match(lastError ?? '', /^expired; the last attempt: .*mailbox full/);
    assert.deepEqual(await bodies(server), [null]);
  });

  test('that was turned away until its last minute goes out then', async () => {
    await using receiver = await startSmtpReceiver();
    await using server = await sendingTo(receiver);
    receiver.judge(() => ({ refuse: 450, text: 'greylisted' }));
    await postFor(server, 600, 'ada@example.com');
    await letPass(server, 535);
    assert.equal((await settled(server)).state, 'waiting');
    receiver.judge(() => 'take');
    await letPass(server, 10);
    assert.deepEqual([(await settled(server)).state, receiver.mails.length], ['sent', 1]);
  });

  test('does not pay for a server that was away: it goes out as soon as that is there again, and has failed at nothing', async () => {
    await using receiver = await startSmtpReceiver();
    await using server = await sendingTo(receiver);
    await receiver.leave();
    await postFor(server, 600, 'ada@example.com');
    await letPass(server, 300);
    const { state, attempts } = await settled(server);
    assert.ok(state === 'waiting' && attempts >= 5, String(attempts));
    await receiver.comeBack();
    let asked = 0;
    receiver.judge(() => {
      asked += 1;
      return asked === 1 ? { refuse: 450, text: 'greylisted' } : 'take';
    });
    // The longest rest, then the first wait of a mail that was turned away once.
    await letPass(server, 60 + 15);
    assert.deepEqual([(await settled(server)).state, asked], ['sent', 2]);
  });

  test('whose acknowledgement was lost goes out again with the same id, by which the repeat is known', async () => {
    await using receiver = await startSmtpReceiver();
    await using server = await sendingTo(receiver);
    let broken = false;
    receiver.judge(() => {
      if (broken) return 'take';
      broken = true;
      return 'take-and-break';
    });
    await post(server, 'ada@example.com');
    await server.features.mail.delivery.all();
    longEnough(server.clock);
    await server.features.mail.delivery.all();
    const ids = receiver.mails.map(({ headers }) => [headers.get('idempotency-key'), headers.get('message-id')]);
    assert.equal(ids.length, 2);
    assert.deepEqual(ids[0], ids[1]);
    assert.equal(ids[0]?.[1], `<${ids[0]?.[0]}@example.com>`);
  });

  test('that was sealed under a former SECRET_KEY still goes out; under a foreign one it waits for it', async () => {
    await using receiver = await startSmtpReceiver();
    const [db, clock] = [await openTestDatabase(), createTestClock()];
    const [one, other] = ['the first secret key, long enough', 'the second secret key, long enough'];
    const keyed = (secretKey: string, formerSecretKeys: readonly string[] = []) =>
      sendingTo(receiver, { db, clock, secretKey, formerSecretKeys });
    {
      await using before = await keyed(one);
      await post(before, 'ada@example.com');
    }
    await db.transact((tx) => tx.query(db.dialect.builder.deleteFrom('signing_keys')));
    await db.transact((tx) => tx.query(db.dialect.builder.deleteFrom('audit_keys')));
    {
      await using wrong = await keyed(other);
      await wrong.features.mail.delivery.all();
      assert.deepEqual(await states(wrong), [['ada@example.com', 'waiting', 1]]);
    }
    longEnough(clock);
    {
      await using after = await keyed(other, [one]);
      await after.features.mail.delivery.all();
      assert.equal(receiver.mails.length, 1);
    }
    await db.close();
  });
});

describe('several nodes on one outbox', () => {
  test('deliver a thousand mails once each', async () => {
    await using receiver = await startSmtpReceiver();
    const [db, clock] = [await openTestDatabase(), createTestClock()];
    await using one = await sendingTo(receiver, { db, clock });
    await using other = await sendingTo(receiver, { db, clock });
    const addresses = Array.from({ length: 1_000 }, (_, place) => `user-${place}@example.com`);
    for (let first = 0; first < 1_000; first += 100) await post(one, ...addresses.slice(first, first + 100));
    const both = [one, other].map(({ features }) => features.mail.delivery);
    await Promise.all(both.map((delivery) => delivery.all()));
    assert.deepEqual(receiver.mails.map(({ to }) => to[0]).sort(), addresses.toSorted());
    await db.close();
  });

  test('take over what one has claimed that died, when its time is over and not before', async () => {
    await using receiver = await startSmtpReceiver();
    const [db, clock] = [await openTestDatabase(), createTestClock()];
    await using dead = await sendingTo(receiver, { db, clock });
    await using alive = await sendingTo(receiver, { db, clock });
    const asked = Promise.withResolvers<void>();
    receiver.judge(() => {
      asked.resolve();
      return new Promise(() => {});
    });
    await post(dead, 'ada@example.com');
    dead.features.mail.delivery.begin();
    await asked.promise;
    receiver.judge(() => 'take');
    clock.advance(89_000);
    await alive.features.mail.delivery.all();
    assert.equal(receiver.mails.length, 0);
    clock.advance(1_000);
    await alive.features.mail.delivery.all();
    assert.equal(receiver.mails.length, 1);
    assert.deepEqual(await states(alive), [['ada@example.com', 'sent', 2]]);
    await receiver.leave();
    await dead[Symbol.asyncDispose]();
    assert.deepEqual(await states(alive), [['ada@example.com', 'sent', 2]], 'the first has no say any more');
    await db.close();
  });
});

describe('a dead mail server', () => {
  test('that never answers holds up one mail and no other, no request, and not the end', async () => {
    await using receiver = await startSmtpReceiver();
    const server = await sendingTo(receiver);
    const stuck = Promise.withResolvers<void>();
    receiver.judge((to) => {
      if (!to.startsWith('stuck')) return 'take';
      stuck.resolve();
      return new Promise(() => {});
    });
    const { delivery } = server.features.mail;
    await post(server, 'stuck@example.com');
    delivery.begin();
    await stuck.promise;
    await post(server, 'ada@example.com', 'bea@example.com');
    delivery.begin();
    await receiver.until(2);
    assert.equal((await fetch(`${server.url}/readyz`)).status, 200);

    // Those who wait for it are let go together with the connection; the clock of a test's end is not waited for.
    const ended = server[Symbol.asyncDispose]();
    await receiver.leave();
    await ended;
  });

  test('is told of in the log, once, when mails are late', async () => {
    await using receiver = await startSmtpReceiver();
    await using server = await sendingTo(receiver);
    await receiver.leave();
    await post(server, 'ada@example.com');
    const { delivery, lookAfter } = server.features.mail;
    const late = () => server.log.filter((line) => line.includes('the outbox is late: 1 mails wait'));
    await delivery.all();
    await lookAfter();
    assert.equal(late().length, 0);
    server.clock.advance(301_000);
    await lookAfter();
    await lookAfter();
    assert.equal(late().length, 1);
    assert.match(late()[0] ?? '', /the last failure: connect ECONNREFUSED/);
  });
});

test('without a mail server in production nothing is queued, and what is nothing without a mail says so', async () => {
  const env = { NODE_ENV: 'production', SECRET_KEY: 'x'.repeat(32), PUBLIC_URL: 'https://auth.example.com' };
  await using server = await startServer({ env });
  assert.equal(server.features.mail.isConfigured, false);
  await post(server, 'ada@example.com');
  assert.deepEqual(await states(server), []);
  const asked = server.features.emailFlows.chargeMail({ email: 'ada@example.com', ip: '192.0.2.1', flow: 'sign-in' });
  await assert.rejects(asked, /sends no mail/);
  assert.equal((await fetch(`${server.url}/dev/mail`)).status, 404);
});

test('without a mail server every door that is nothing without a mail refuses alike, and does nothing', async () => {
  await using server = await startServer({ env: { DEV_MAILBOX: 'off' } });
  const call = createClient(server.url);
  const held = await signUp(call);
  const admin = await server.admin();
  await server.newEvents();
  const doors: readonly (readonly [path: string, json: object, token?: string])[] = [
    ['/email/verification', { email: ada.email }],
    ['/password/forgot', { email: ada.email }],
    ['/login/email', { email: ada.email }],
    ['/user/email', { email: 'ada@example.org', current_password: ada.password }, held.accessToken],
    ['/users', { username: 'cyd', email: 'cyd@example.com', invite: true }, admin],
    [`/users/${held.id}/password-reset`, {}, admin],
  ];
  for (const [path, json, token] of doors) {
    const answer = await call('POST', path, { json, ...(token === undefined ? {} : { token }) });
    assertProblem(answer, 503, 'mail-not-configured');
    assert.equal(answer.headers.get('retry-after'), '3600', path);
  }
  assert.deepEqual([await server.newEvents(), await states(server)], [[], []]);
});

test('what was sent is forgotten after its days, and what waits is not', async () => {
  await using receiver = await startSmtpReceiver();
  await using server = await sendingTo(receiver);
  receiver.judge((to) => (to.startsWith('ada') ? 'take' : { refuse: 450 }));
  await post(server, 'ada@example.com');
  await server.db.transact((tx) =>
    server.features.mail.postTo(tx, readerAt('bea@example.com'), letter, { lifeSeconds: 30 * 86_400 }),
  );
  await server.features.mail.delivery.all();
  server.clock.advance(7 * 86_400_000);
  await server.features.mail.sweep();
  assert.equal((await states(server)).length, 2);
  server.clock.advance(1);
  await server.features.mail.sweep();
  assert.deepEqual(await states(server), [['bea@example.com', 'waiting', 1]]);
});

test('a user is told which mails they were sent, and not what these said; a purge forgets them, also those that wait', async () => {
  await using receiver = await startSmtpReceiver();
  await using server = await sendingTo(receiver);
  const call = createClient(server.url);
  const [held, other] = [await signUp(call), await signUp(call, bea)];
  const { mail } = server.features;
  const postTo = (user: UserId, to: string) =>
    server.db.transact((tx) => mail.postTo(tx, { ...readerAt(to), id: user }, letter, { lifeSeconds }));
  await postTo(held.id, ada.email);
  await postTo(other.id, bea.email);
  await mail.delivery.all();
  await postTo(held.id, ada.email);
  const { body } = await call('GET', '/user/export', { token: held.accessToken });
  const at = new Date(server.clock.now()).toISOString();
  const told = { to: ada.email, written_at: at };
  const mails = body.mails as { template: string; sent_at: string | null }[];
  const orderOf = (it: (typeof mails)[number]) => `${it.template} ${it.sent_at ?? 'waits'}`;
  assert.deepEqual(
    mails.toSorted((one, another) => orderOf(one).localeCompare(orderOf(another))),
    [
      { ...told, template: 'reset-password', sent_at: at },
      { ...told, template: 'reset-password', sent_at: null },
      { ...told, template: 'verify-email', sent_at: at },
    ],
  );
  const admin = await server.admin();
  await call('DELETE', `/users/${held.id}`, { token: admin });
  assert.equal((await call('POST', `/users/${held.id}/purge`, { token: admin })).status, 200);
  const left = (await states(server)).filter(([to]) => to === ada.email || to === bea.email);
  assert.deepEqual(left, [
    [bea.email, 'sent', 1],
    [bea.email, 'sent', 1],
  ]);
  await mail.delivery.all();
  const toAda = receiver.mails.filter(({ to }) => to.includes(ada.email));
  assert.equal(toAda.length, 2, 'not the one that waited');
});
