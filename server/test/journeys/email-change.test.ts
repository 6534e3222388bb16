/** POST /user/email, /email/confirm and /email/undo. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Call, createClient } from '../support/client.ts';
import { type ReadMail, tokenOf } from '../support/mails.ts';
import { type Account, ada, bea, type Held, lives, logIn, signUp, verifyAddress } from '../support/people.ts';
import { assertFaults, assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';

const day = 86_400_000;
const current_password = ada.password;
const laptop = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const newEmail = 'ada@example.org';

const ask = (call: Call, held: Held, email: string, password = current_password) =>
  call('POST', '/user/email', {
    token: held.accessToken,
    json: { email, current_password: password },
    headers: { 'user-agent': laptop },
  });
const confirm = (call: Call, token: string, password = current_password) =>
  call('POST', '/email/confirm', { json: { token, password } });
const confirmSignedIn = (call: Call, token: string, held: Held) =>
  call('POST', '/email/confirm', { token: held.accessToken, json: { token } });
const undo = (call: Call, token: string) => call('POST', '/email/undo', { json: { token } });

const toWhom = (mails: readonly ReadMail[]) => mails.map(({ template, to }) => `${template} ${to}`).sort();
const one = (mails: readonly ReadMail[], template: ReadMail['template']): ReadMail =>
  mails.find((mail) => mail.template === template) ?? assert.fail(`no ${template} among ${toWhom(mails).join()}`);

const emailOf = async (server: TestServer, { id }: Held) => (await server.features.users.find(server.db, id))?.email;

/** From one address to another, by whoever reads the new one; the token by which the former takes it back. */
async function move(server: TestServer, held: Held, email: string, password = current_password): Promise<string> {
  const call = createClient(server.url);
  await server.newMails();
  assert.equal((await ask(call, held, email, password)).status, 202);
  assert.equal((await confirm(call, tokenOf(one(await server.newMails(), 'confirm-email')), password)).status, 200);
  return tokenOf(one(await server.newMails(), 'email-changed'));
}

async function start(): Promise<{ server: TestServer; call: Call; held: Held } & AsyncDisposable> {
  const server = await startServer();
  const call = createClient(server.url);
  const held = await signUp(call);
  await verifyAddress(server, held.id);
  await server.newEvents();
  await server.newMails();
  return { server, call, held, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

test('both addresses are told, and nothing changes until the new one has proven itself', async () => {
  await using it = await start();
  const { server, call, held } = it;
  const other = await logIn(call);
  await server.newEvents();
  await server.newMails();

  const answer = await ask(call, held, newEmail);
  assert.equal(answer.status, 202);
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  const mails = await server.newMails();
  assert.deepEqual(toWhom(mails), ['confirm-email ada@example.org', 'email-change-asked ada@example.com']);
  const asked = one(mails, 'email-change-asked');
  const asker = { at: server.clock.now(), ip: '127.0.0.1', device: laptop };
  const resetLink = 'http://localhost:8000/mail/reset-password';
  assert.deepEqual(asked.data, { username: 'ada', newEmail, resetLink, ...asker });
  const { link, ...rest } = one(mails, 'confirm-email').data as Record<string, unknown>;
  assert.deepEqual(rest, { username: 'ada', newEmail, minutes: 60 });
  assert.match(String(link), /^http:\/\/localhost:8000\/mail\/confirm-email#token=[\w-]{43}$/);
  const who = { outcome: 'success', actor: held.id, subject: held.id, session: held.sessionId, ip: '127.0.0.1' };
  assert.deepEqual(await server.newEvents(), [{ event: 'email.change-asked', ...who }]);
  assert.deepEqual([await emailOf(server, held), await lives(call, other)], [ada.email, true]);

  const confirmed = await confirm(call, tokenOf(one(mails, 'confirm-email')));
  assert.deepEqual([confirmed.status, confirmed.body], [200, { message: 'E-mail address changed successfully.' }]);
  assert.deepEqual([confirmed.cookie, confirmed.headers.get('cache-control')], [undefined, 'no-store']);
  assert.deepEqual(await server.newEvents(), [
    { event: 'user.renamed', ...who, object: 'email', reason: 'confirmed' },
    {
      event: 'session.ended',
      ...who,
      session: other.sessionId,
      object: `by:${held.sessionId}`,
      reason: 'email-changed',
    },
  ]);
  const told = await server.newMails();
  assert.deepEqual(toWhom(told), ['email-changed ada@example.com']);
  const { undoLink, ...changed } = one(told, 'email-changed').data as Record<string, unknown>;
  assert.deepEqual(changed, { username: 'ada', newEmail, days: 7 });
  assert.match(String(undoLink), /^http:\/\/localhost:8000\/mail\/undo-email#token=[\w-]{43}$/);
  assert.deepEqual([await lives(call, held), await lives(call, other)], [true, false]);
  const user = await server.features.users.find(server.db, held.id);
  assert.deepEqual([user?.email, user?.emailVerifiedAt], [newEmail, server.clock.now()]);
  assert.equal((await logIn(call, { ...ada, email: 'ADA@Example.org' })).id, held.id);
  const { email, password } = ada;
  assertProblem(await call('POST', '/login', { json: { email, password } }), 401, 'invalid-credentials');
});

test('any session of the account confirms, by its access token or its cookie, and no token of it is used up', async () => {
  const ways = {
    'an access token': ({ accessToken }: Held) => ({ token: accessToken }),
    'a refresh cookie': ({ refreshToken }: Held) => ({ cookie: refreshToken }),
  };
  for (const [how, given] of Object.entries(ways)) {
    await using it = await start();
    const { server, call, held } = it;
    await ask(call, held, newEmail);
    const token = tokenOf(one(await server.newMails(), 'confirm-email'));
    const answer = await call('POST', '/email/confirm', { ...given(held), json: { token } });
    assert.deepEqual([answer.status, answer.cookie], [200, undefined], how);
    assert.equal(await emailOf(server, held), newEmail);
    const refreshed = await call('POST', '/refresh-access-token', { json: { refresh_token: held.refreshToken } });
    assert.equal(refreshed.status, 200, how);
  }
});

test('where mail is sent, PATCH /user changes the username alone, and says where the address is changed', async () => {
  await using it = await start();
  const { server, call, held } = it;
  const patch = (json: object) =>
    call('PATCH', '/user', { token: held.accessToken, json: { current_password, ...json } });
  const before = server.hasher.calls.verify;
  const refused = await patch({ email: newEmail, username: 'countess' });
  assertProblem(refused, 403, 'email-needs-proof');
  assert.equal(server.hasher.calls.verify, before);
  assert.equal(
    (await patch({ email: ada.email, username: 'countess' })).status,
    200,
    'the present one changes nothing',
  );
  assert.deepEqual([await emailOf(server, held), await server.newMails()], [ada.email, []]);
});

test('where no mail is sent there is nothing to ask for', async () => {
  await using server = await startServer({ env: { DEV_MAILBOX: 'off' } });
  const call = createClient(server.url);
  const held = await signUp(call);
  assertProblem(await ask(call, held, newEmail), 503, 'mail-not-configured');
  assert.equal(
    (await call('PATCH', '/user', { token: held.accessToken, json: { current_password, email: newEmail } })).status,
    200,
  );
  assert.deepEqual(await server.newMails(), []);
});

test('one’s own address, and what is none, are refused before the password is looked at', async () => {
  await using it = await start();
  const { server, call, held } = it;
  const before = server.hasher.calls.verify;
  assertFaults(await ask(call, held, ada.email), '/email');
  assertFaults(await ask(call, held, 'nowhere'), '/email');
  assert.equal(server.hasher.calls.verify, before);
  assert.deepEqual([await server.newMails(), await server.newEvents()], [[], []]);
});

test('another spelling of the same address is confirmed too, and leaves nothing to undo', async () => {
  await using it = await start();
  const { server, call, held } = it;
  await ask(call, held, 'Ada@Example.com');
  const mails = await server.newMails();
  assert.equal((await confirm(call, tokenOf(one(mails, 'confirm-email')))).status, 200);
  assert.deepEqual([await emailOf(server, held), await server.newMails()], ['Ada@Example.com', []]);
});

describe('an attack on the change itself', () => {
  test('with a stolen access token: without the password nobody gets a mail, and guesses are counted', async () => {
    await using it = await start();
    const { server, call, held } = it;
    let answer = await ask(call, held, 'mallory@example.com', 'a guess');
    assertProblem(answer, 422, 'current-password-wrong');
    const [event, ...more] = await server.newEvents();
    assert.deepEqual([event?.event, event?.outcome], ['email.change-asked', 'refused']);
    assert.deepEqual(more, []);
    for (let guess = 0; guess < 20 && answer.status !== 429; guess += 1) {
      answer = await ask(call, held, 'mallory@example.com', `guess ${guess}`);
    }
    assertProblem(answer, 429, 'too-many-attempts');
    assert.deepEqual(await server.newMails(), []);
  });

  test('by asking whether an address has an account: taken, free and deleted ones get the same answer and the same mails', async () => {
    await using it = await start();
    const { server, call, held } = it;
    await signUp(call, bea);
    const gone = await signUp(call, { ...bea, username: 'cyd', email: 'cyd@example.com' });
    await server.features.accounts.delete({ id: gone.id, by: undefined });
    await server.newMails();
    const seen = new Set<string>();
    for (const email of [bea.email, 'cyd@example.com', 'nobody@example.com']) {
      const { status, headers, body } = await ask(call, held, email);
      const mails = toWhom(await server.newMails()).map((mail) => mail.replace(email, 'NEW'));
      seen.add(JSON.stringify([status, [...headers.keys()], headers.get('content-length'), body, mails]));
    }
    assert.equal(seen.size, 1);
    assert.match([...seen].join(), /^\[202,.*confirm-email NEW/);
  });

  test('by waiting for a click of the victim: the link alone makes no account of a stranger theirs', async () => {
    await using it = await start();
    const { server, call, held } = it;
    const before = await server.features.users.find(server.db, held.id);
    const victim = await signUp(call, bea);
    await server.newMails();
    await ask(call, held, 'victim@example.com');
    const token = tokenOf(one(await server.newMails(), 'confirm-email'));
    await server.newEvents();
    const clicks = {
      'signed in nowhere': {},
      'signed in to their own account': { token: victim.accessToken },
      'with a cookie of their own account': { cookie: victim.refreshToken },
    };
    for (const [how, given] of Object.entries(clicks)) {
      const answer = await call('POST', '/email/confirm', { ...given, json: { token } });
      assert.deepEqual([answer.status, answer.body.code], [403, 'proof-of-account-needed'], how);
    }
    assert.deepEqual(await server.newEvents(), []);
    assertProblem(await confirm(call, token, bea.password), 422, 'current-password-wrong');
    const [event, ...more] = await server.newEvents();
    assert.deepEqual(
      [event?.event, event?.outcome, event?.reason],
      ['user.renamed', 'refused', 'current-password-wrong'],
    );
    assert.deepEqual([more, await server.newMails()], [[], []]);
    assert.deepEqual(await server.features.users.find(server.db, held.id), before);
    assert.equal((await confirm(call, token)).status, 200, 'the token was as good as before');
  });

  test('by a page of another site: it sends the cookie, and is refused', async () => {
    await using it = await start();
    const { server, call, held } = it;
    await ask(call, held, newEmail);
    const token = tokenOf(one(await server.newMails(), 'confirm-email'));
    const answer = await call('POST', '/email/confirm', {
      cookie: held.refreshToken,
      json: { token },
      headers: { origin: 'https://evil.example' },
    });
    assertProblem(answer, 403, 'cross-site-request');
    assert.equal(await emailOf(server, held), ada.email);
  });

  test('by guessing the password with a mail of one’s own: counted as at the login', async () => {
    await using it = await start();
    const { server, call, held } = it;
    await ask(call, held, newEmail);
    const token = tokenOf(one(await server.newMails(), 'confirm-email'));
    const answers = new Set<number>();
    for (let guess = 0; guess < 12; guess += 1) answers.add((await confirm(call, token, `guess ${guess}`)).status);
    assert.deepEqual([...answers], [422, 429]);
    assertProblem(await confirm(call, token), 429, 'too-many-attempts');
    assert.equal(await emailOf(server, held), ada.email);
    assert.equal((await confirmSignedIn(call, token, held)).status, 200, 'a session is a proof that is not guessed');
  });

  test('on a taken address: its reader hears that it is taken, nothing changes, and the token is not used up', async () => {
    await using it = await start();
    const { server, call, held } = it;
    const victim = await signUp(call, bea);
    await server.newMails();
    await ask(call, held, bea.email);
    const token = tokenOf(one(await server.newMails(), 'confirm-email'));
    await server.newEvents();
    assertProblem(await confirm(call, token), 409, 'email-taken');
    assertProblem(await confirm(call, token), 409, 'email-taken');
    assert.deepEqual([await server.newEvents(), await server.newMails()], [[], []]);
    assert.deepEqual([await emailOf(server, held), await emailOf(server, victim)], [ada.email, bea.email]);
    await call('DELETE', `/users/${victim.id}`, { token: victim.accessToken });
    assert.equal((await confirm(call, token)).status, 200, 'it was as good as before');
  });

  test('by flooding: who asks for ten addresses waits, and a stranger gets five mails at most', async () => {
    await using it = await start();
    const { server, call, held } = it;
    const answers: number[] = [];
    for (let n = 0; n < 7; n += 1) answers.push((await ask(call, held, 'stranger@example.com')).status);
    assert.deepEqual(answers, [202, 202, 202, 202, 202, 429, 429]);
    const sent = (await server.newMails()).filter(({ to }) => to === 'stranger@example.com');
    assert.equal(sent.length, 5);
    let asked = 0;
    while ((await ask(call, held, `free-${asked}@example.com`)).status === 202) asked += 1;
    assert.ok(asked <= 5, `${asked} more`);
    const right = await call('POST', '/user/password', {
      token: held.accessToken,
      json: { current_password, new_password: bea.password },
    });
    assert.equal(right.status, 200, 'what was refused for its number is no wrong password');
  });

  test('by 20 confirmations at once: one success', async () => {
    await using it = await start();
    const { server, call, held } = it;
    await ask(call, held, newEmail);
    const token = tokenOf(one(await server.newMails(), 'confirm-email'));
    const answers = await Promise.all(Array.from({ length: 20 }, () => confirmSignedIn(call, token, held)));
    const refused = answers.filter(({ status }) => status !== 200);
    assert.equal(refused.length, 19);
    for (const answer of refused) assertProblem(answer, 422, 'invalid-one-time-token');
    assert.deepEqual(toWhom(await server.newMails()), ['email-changed ada@example.com']);
  });

  test('with tokens that are used, old, killed, foreign or made up: one answer', async () => {
    await using it = await start();
    const { server, call, held } = it;
    await ask(call, held, 'first@example.org');
    const killed = tokenOf(one(await server.newMails(), 'confirm-email'));
    const undoToken = await move(server, held, newEmail);
    await ask(call, held, 'late@example.org');
    const late = tokenOf(one(await server.newMails(), 'confirm-email'));
    server.clock.advance(3_600_000);
    const bodies = new Set<string>();
    for (const token of [killed, undoToken, late, 'x'.repeat(43), 'x']) {
      const answer = await confirm(call, token);
      assertProblem(answer, 422, 'invalid-one-time-token');
      const { instance: _, ...body } = answer.body;
      bodies.add(JSON.stringify(body));
    }
    assert.equal(bodies.size, 1);
    assert.equal(await emailOf(server, held), newEmail);
  });

  test('by a scanner that opens what it finds: GET and HEAD consume nothing', async () => {
    await using it = await start();
    const { server, call, held } = it;
    await ask(call, held, newEmail);
    const token = tokenOf(one(await server.newMails(), 'confirm-email'));
    for (const path of ['/email/confirm', '/email/undo', '/invitations/accept']) {
      for (const method of ['GET', 'HEAD']) {
        const answer = await call(method, `${path}?token=${token}`);
        assert.equal(answer.status, 405);
      }
    }
    assert.equal((await confirm(call, token)).status, 200);
  });

  test('by waiting behind the owner: who was thrown out cannot confirm what they asked for', async () => {
    await using it = await start();
    const { server, call, held } = it;
    const throwOut: Record<string, (owner: Held) => Promise<unknown>> = {
      'logging out everywhere else': (owner) => call('DELETE', '/sessions', { token: owner.accessToken }),
      'an administrator': (owner) => server.features.sessions.ofUser.endAll({ user: owner.id, by: undefined }),
      'another password': () => server.features.accounts.setPassword({ id: held.id, password: ada.password }),
      'disabling, and enabling again': async () => {
        await server.features.accounts.disabling.disable({ id: held.id, by: undefined });
        await server.features.accounts.disabling.enable({ id: held.id, by: undefined });
      },
    };
    for (const [how, end] of Object.entries(throwOut)) {
      // What was asked for counts no more.
      server.clock.advance(day);
      const thief = await logIn(call);
      await server.newMails();
      assert.equal((await ask(call, thief, 'mallory@example.com')).status, 202, how);
      const token = tokenOf(one(await server.newMails(), 'confirm-email'));
      await end(await logIn(call));
      assertProblem(await confirm(call, token), 422, 'invalid-one-time-token');
      assert.equal(await emailOf(server, held), ada.email, how);
    }
  });

  test('by asking in the session of the owner: another password kills what was asked for before it', async () => {
    await using it = await start();
    const { server, call, held } = it;
    await ask(call, held, 'mallory@example.com');
    const token = tokenOf(one(await server.newMails(), 'confirm-email'));
    const json = { current_password, new_password: bea.password };
    assert.equal((await call('POST', '/user/password', { token: held.accessToken, json })).status, 200);
    assertProblem(await confirm(call, token), 422, 'invalid-one-time-token');
  });
});

test('who asks and logs out may still confirm: logging out is nobody’s alarm', async () => {
  await using it = await start();
  const { server, call, held } = it;
  await ask(call, held, newEmail);
  const token = tokenOf(one(await server.newMails(), 'confirm-email'));
  await call('POST', '/logout', { token: held.accessToken });
  assert.equal((await confirm(call, token)).status, 200);
});

test('a deleted or disabled user confirms and undoes nothing', async () => {
  await using it = await start();
  const { server, call, held } = it;
  const undoToken = await move(server, held, newEmail);
  await ask(call, held, 'third@example.org');
  const token = tokenOf(one(await server.newMails(), 'confirm-email'));
  const { accounts } = server.features;
  const deaths = [
    () => accounts.disabling.disable({ id: held.id, by: undefined }),
    () => accounts.delete({ id: held.id, by: undefined }),
  ];
  for (const die of deaths) {
    await die();
    assertProblem(await confirm(call, token), 422, 'invalid-one-time-token');
    assertProblem(await undo(call, undoToken), 422, 'invalid-one-time-token');
  }
  assert.equal(await emailOf(server, held), newEmail);
});

test('an attack by waiting for a restored user: what was sent before the deletion stays dead, and no address is kept for it', async () => {
  await using it = await start();
  const { server, call, held } = it;
  const undoToken = await move(server, held, newEmail);
  const { accounts } = server.features;
  await accounts.delete({ id: held.id, by: undefined });
  assert.notEqual((await signUp(call, { ...bea, email: ada.email })).id, held.id);
  await accounts.restore({ id: held.id, by: undefined });
  assertProblem(await undo(call, undoToken), 422, 'invalid-one-time-token');
  assert.equal(await emailOf(server, held), newEmail);
});

describe('undoing', () => {
  test('gives the account back: the old address is verified, all sessions, keys and the password are gone, a new one can be chosen', async () => {
    await using it = await start();
    const { server, call, held } = it;
    const thief = await logIn(call);
    const token = await move(server, thief, 'mallory@example.com');
    await ask(call, thief, 'mallory@example.net');
    const pending = tokenOf(one(await server.newMails(), 'confirm-email'));
    await server.newEvents();

    const answer = await undo(call, token);
    assert.deepEqual(
      [answer.status, answer.body.message],
      [200, 'The former e-mail address is back. A link to choose a new password was sent to it.'],
    );
    const events = (await server.newEvents()).map(({ event, reason, subject }) => [event, reason, subject]);
    assert.deepEqual(events, [
      ['user.renamed', 'undone', held.id],
      ['session.ended', 'email-undone', held.id],
    ]);
    const mails = await server.newMails();
    assert.deepEqual(toWhom(mails), ['email-undone mallory@example.com', 'reset-password ada@example.com']);
    assert.match(tokenOf(one(mails, 'reset-password')), /^[\w-]{43}$/);
    const user = await server.features.users.find(server.db, held.id);
    assert.deepEqual([user?.email, user?.emailVerifiedAt], [ada.email, server.clock.now()]);
    assert.deepEqual([await lives(call, held), await lives(call, thief)], [false, false]);
    for (const email of [ada.email, 'mallory@example.com']) {
      const login = await call('POST', '/login', { json: { email, password: ada.password } });
      assertProblem(login, 401, 'invalid-credentials');
    }
    assertProblem(await confirm(call, pending), 422, 'invalid-one-time-token');
    assertProblem(await undo(call, token), 422, 'invalid-one-time-token');
    await server.features.accounts.setPassword({ id: held.id, password: bea.password });
    assert.equal((await logIn(call, { ...ada, password: bea.password })).id, held.id);
  });

  test('tells the other address of a page that is there, also where nobody signs in by mail', async () => {
    await using server = await startServer({ env: { SIGN_IN_BY_EMAIL: 'off' } });
    const call = createClient(server.url);
    assert.equal((await undo(call, await move(server, await signUp(call), newEmail))).status, 200);
    const { resetLink } = one(await server.newMails(), 'email-undone').data as { resetLink: string };
    assert.equal(resetLink, 'http://localhost:8000/mail/reset-password');
    assert.equal((await call('GET', new URL(resetLink).pathname)).status, 200);
  });

  test('works for seven days and not a moment longer', async () => {
    for (const [after, status] of [
      [7 * day - 1, 200],
      [7 * day, 422],
    ] as const) {
      await using it = await start();
      const token = await move(it.server, it.held, newEmail);
      it.server.clock.advance(after);
      assert.equal((await undo(it.call, token)).status, status);
      assert.equal(await emailOf(it.server, it.held), status === 200 ? ada.email : newEmail);
    }
  });

  test('works for a day where nobody had verified the former address, which is kept as long: it may be a stranger’s', async () => {
    for (const [after, status] of [
      [day - 1, 200],
      [day, 422],
    ] as const) {
      await using server = await startServer();
      const call = createClient(server.url);
      const held = await signUp(call);
      await server.newMails();
      assert.equal((await ask(call, held, newEmail)).status, 202);
      assert.equal((await confirm(call, tokenOf(one(await server.newMails(), 'confirm-email')))).status, 200);
      const told = one(await server.newMails(), 'email-changed');
      assert.deepEqual([told.to, (told.data as { days: number }).days], [ada.email, 1]);
      server.clock.advance(after);
      const squatted = await call('POST', '/signup', { json: { ...bea, email: ada.email } });
      assert.equal(squatted.status, status === 200 ? 409 : 201);
      assert.equal((await undo(call, tokenOf(told))).status, status);
      assert.equal(await emailOf(server, held), status === 200 ? ada.email : newEmail);
    }
  });

  test('20 at once: one success', async () => {
    await using it = await start();
    const token = await move(it.server, it.held, newEmail);
    const answers = await Promise.all(Array.from({ length: 20 }, () => undo(it.call, token)));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    for (const answer of answers.filter(({ status }) => status !== 200)) {
      assertProblem(answer, 422, 'invalid-one-time-token');
    }
    const mails = (await it.server.newMails()).filter(({ template }) => template === 'reset-password');
    assert.equal(mails.length, 1);
  });

  test('an attack by changing twice: the way back to the owner’s address still works, and kills the thief’s', async () => {
    await using it = await start();
    const { server, call, held } = it;
    const toOwner = await move(server, held, 'mallory@example.com');
    const toThief = await move(server, held, 'mallory@example.net');
    assert.equal((await undo(call, toOwner)).status, 200);
    assert.equal(await emailOf(server, held), ada.email);
    assertProblem(await undo(call, toThief), 422, 'invalid-one-time-token');
  });

  test('an attack by undoing first: the thief’s own way back does not kill the owner’s', async () => {
    await using it = await start();
    const { server, call, held } = it;
    const toOwner = await move(server, held, 'mallory@example.com');
    const toThief = await move(server, held, 'mallory@example.net');
    assert.equal((await undo(call, toThief)).status, 200);
    assert.equal(await emailOf(server, held), 'mallory@example.com');
    assert.equal((await undo(call, toOwner)).status, 200);
    assert.equal(await emailOf(server, held), ada.email);
  });

  test('an attack by another password: it does not kill the owner’s way back', async () => {
    await using it = await start();
    const { server, call, held } = it;
    const token = await move(server, held, 'mallory@example.com');
    const json = { current_password, new_password: bea.password };
    assert.equal((await call('POST', '/user/password', { token: held.accessToken, json })).status, 200);
    assert.equal((await undo(call, token)).status, 200);
    assert.equal(await emailOf(server, held), ada.email);
  });

  test('an attack by sitting down on the address that was left: it is kept for its owner for as long as they may come back', async () => {
    await using it = await start();
    const { server, call, held } = it;
    const token = await move(server, held, 'mallory@example.com');
    const squatter: Account = { ...bea, email: 'ADA@example.com' };
    assertProblem(await call('POST', '/signup', { json: squatter }), 409, 'email-taken');
    const sitting = await signUp(call, bea);
    await ask(call, sitting, ada.email, bea.password);
    const confirmed = await confirm(call, tokenOf(one(await server.newMails(), 'confirm-email')), bea.password);
    assertProblem(confirmed, 409, 'email-taken');
    const admin = await server.admin();
    const json = { email: ada.email };
    assertProblem(await call('PATCH', `/users/${sitting.id}`, { token: admin, json }), 409, 'email-taken');
    assert.equal((await undo(call, token)).status, 200);
    assert.equal(await emailOf(server, held), ada.email);
  });

  test('the address is free again when the way back is over, or was taken', async () => {
    await using it = await start();
    const { server, call, held } = it;
    await move(server, held, newEmail);
    server.clock.advance(7 * day);
    assert.notEqual((await signUp(call, { ...bea, email: ada.email })).id, held.id);
  });

  test('to an address that another account has got all the same: a clear refusal, and the token stays good', async () => {
    await using it = await start();
    const { server, call, held } = it;
    const twin = await signUp(call, bea);
    await server.features.accounts.delete({ id: twin.id, by: undefined });
    await move(server, held, bea.email);
    const token = await move(server, held, newEmail);
    // Who is restored gets their names back where nobody has them.
    await server.features.accounts.restore({ id: twin.id, by: undefined });
    await server.newEvents();
    assertProblem(await undo(call, token), 409, 'email-taken');
    assert.deepEqual([await server.newEvents(), await server.newMails()], [[], []]);
    assert.deepEqual([await emailOf(server, held), await lives(call, held)], [newEmail, true]);
    await server.features.accounts.delete({ id: twin.id, by: undefined });
    assert.equal((await undo(call, token)).status, 200);
  });
});

describe('an administrator or the operator sets an address', () => {
  test('at once: both addresses are told, and there is nothing to undo it with', async () => {
    await using it = await start();
    const { server, call, held } = it;
    const admin = await server.admin();
    await server.newMails();
    const answer = await call('PATCH', `/users/${held.id}`, { token: admin, json: { email: newEmail } });
    assert.equal(answer.status, 200);
    const mails = await server.newMails();
    assert.deepEqual(toWhom(mails), ['email-replaced ada@example.com', 'email-set ada@example.org']);
    const resetLink = 'http://localhost:8000/mail/reset-password';
    assert.deepEqual(one(mails, 'email-replaced').data, { username: 'ada', newEmail, resetLink });
    assert.deepEqual(one(mails, 'email-set').data, { username: 'ada', resetLink });
    const user = await server.features.users.find(server.db, held.id);
    assert.deepEqual([user?.email, user?.emailVerifiedAt], [newEmail, undefined], 'nobody has shown whose it is');
    const taker = await signUp(call, { ...bea, email: ada.email });
    assert.notEqual(taker.id, held.id, 'the former address is kept for nobody');
  });

  test('an attack by being rescued from: the thief gets no way back, and loses those that they have', async () => {
    await using it = await start();
    const { server, call, held } = it;
    const toOwner = await move(server, held, 'mallory@example.com');
    const toThief = await move(server, held, 'mallory@example.net');
    await server.features.accounts.renameUser({ id: held.id, email: 'ADA@example.com', by: undefined });
    const mails = await server.newMails();
    assert.deepEqual(toWhom(mails), ['email-replaced mallory@example.net', 'email-set ADA@example.com']);
    assert.doesNotMatch(JSON.stringify(mails), /token=/);
    assertProblem(await undo(call, toThief), 422, 'invalid-one-time-token');
    assertProblem(await undo(call, toOwner), 422, 'invalid-one-time-token');
    assert.equal(await emailOf(server, held), 'ADA@example.com');
  });

  test('the same where they get an address of their own that the account never had', async () => {
    await using it = await start();
    const { server, call, held } = it;
    const toOwner = await move(server, held, 'mallory@example.com');
    const toThief = await move(server, held, 'mallory@example.net');
    await server.features.accounts.renameUser({ id: held.id, email: newEmail, by: undefined });
    assertProblem(await undo(call, toThief), 422, 'invalid-one-time-token');
    assert.equal(await emailOf(server, held), newEmail);
    assert.equal((await undo(call, toOwner)).status, 200);
    assert.equal(await emailOf(server, held), ada.email);
  });

  test('an attack by being rescued from late: that the owner’s way back has run out makes none of the thief’s the first', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    // Whose address nobody had verified, so that the way back to it lasts for a day.
    const held = await signUp(call);
    await server.newMails();
    const toOwner = await move(server, held, 'mallory@example.com');
    const toThief = await move(server, held, 'mallory@example.net');
    server.clock.advance(3 * day);
    await server.features.oneTimeCodes.sweep();
    await server.features.accounts.renameUser({ id: held.id, email: newEmail, by: undefined });
    assertProblem(await undo(call, toThief), 422, 'invalid-one-time-token');
    assertProblem(await undo(call, toOwner), 422, 'invalid-one-time-token');
    assert.equal(await emailOf(server, held), newEmail);
  });

  test('an attack by somebody who looks after users: setting an address does not kill the owner’s own way back', async () => {
    await using it = await start();
    const { server, call, held } = it;
    const toOwner = await move(server, held, 'mallory@example.com');
    await server.features.accounts.renameUser({ id: held.id, email: 'mallory@example.net', by: undefined });
    assert.equal((await undo(call, toOwner)).status, 200);
    assert.equal(await emailOf(server, held), ada.email);
  });

  test('what the user asked for before it is worth nothing any more', async () => {
    await using it = await start();
    const { server, call, held } = it;
    await ask(call, held, 'mallory@example.com');
    const token = tokenOf(one(await server.newMails(), 'confirm-email'));
    await server.features.accounts.renameUser({ id: held.id, email: newEmail, by: undefined });
    assertProblem(await confirm(call, token), 422, 'invalid-one-time-token');
    assert.equal(await emailOf(server, held), newEmail);
  });

  test('the reader of a mistaken address gets no hold on an account that nobody has used', async () => {
    await using it = await start();
    const { server } = it;
    const names = { username: 'cyd', email: 'typo@example.com', password: undefined };
    const id = await server.features.accounts.createUser({ ...names, by: undefined });
    await server.features.accounts.renameUser({ id, email: 'cyd@example.com', by: undefined });
    assert.deepEqual(await server.newMails(), []);
  });
});
