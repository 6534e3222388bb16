/**
 * Every flow once, from the request to its end, by what a real mail server received. The rows of each flow, and what attackers try, stand
 * in its own journey.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Answer, type Call, createClient } from '../support/client.ts';
import { ada, bea, type Held, lives } from '../support/people.ts';
import { assertProblem } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { linkIn, type ReceivedMail, type SmtpReceiver, startSmtpReceiver } from '../support/smtp-receiver.ts';

const day = 86_400_000;
const laptop = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const phone = 'Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0';
const next = 'nine grey herons wade';
const newEmail = 'ada@example.org';

const german = { 'accept-language': 'de-AT,de;q=0.9,en;q=0.5' };
const french = { 'accept-language': 'fr-CH, en;q=0.3' };

interface World extends AsyncDisposable {
  readonly server: TestServer;
  readonly call: Call;
  /** Sends what waits; what has come since the last call, by subject. Each mail is found whole. */
  arrived(): Promise<ReceivedMail[]>;
  /** The same, of which there is one. */
  theMail(): Promise<ReceivedMail>;
}

async function start(env: Readonly<Record<string, string>> = {}): Promise<World> {
  const receiver = await startSmtpReceiver();
  const mailing = { SMTP_URL: receiver.url, MAIL_FROM: 'Acme Accounts <no-reply@example.com>', BRAND_NAME: 'Acme' };
  const server = await startServer({ env: { ...mailing, ...env } });
  const arrived = mailsOf(server, receiver);
  return {
    server,
    call: createClient(server.url),
    arrived,
    async theMail() {
      const mails = await arrived();
      assert.equal(mails.length, 1, subjectsOf(mails).join());
      return mails[0] as ReceivedMail;
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await receiver[Symbol.asyncDispose]();
    },
  };
}

const subjectsOf = (mails: readonly ReceivedMail[]) => mails.map(({ subject }) => subject);

function mailsOf({ clock, features: { mail } }: TestServer, receiver: SmtpReceiver): World['arrived'] {
  const ids = new Set<string>();
  let seen = 0;
  return async () => {
    await mail.delivery.all();
    assert.deepEqual(await mail.outbox.list({ state: 'waiting', limit: 10 }), []);
    const mails = receiver.mails.slice(seen);
    seen = receiver.mails.length;
    for (const each of mails) {
      const id = assertWhole(each, clock.now());
      assert.ok(!ids.has(id), 'every mail has an id of its own');
      ids.add(id);
    }
    return mails.toSorted((one, other) => one.subject.localeCompare(other.subject));
  };
}

/** What holds for every mail; its id. */
function assertWhole(mail: ReceivedMail, now: number): string {
  const { sender, from, to, headers, text, html } = mail;
  assert.deepEqual(
    [sender, from],
    ['no-reply@example.com', { name: 'Acme Accounts', address: 'no-reply@example.com' }],
  );
  assert.deepEqual([headers.get('to')], to, 'the letter goes where the envelope says');
  const id = headers.get('idempotency-key') ?? '';
  assert.match(id, /^[\w-]{16,}$/);
  assert.equal(headers.get('message-id'), `<${id}@example.com>`);
  assert.equal(headers.get('auto-submitted'), 'auto-generated');
  assert.equal(Date.parse(headers.get('date') ?? ''), now);
  assert.match(headers.get('content-type') ?? '', /^multipart\/alternative;/);
  const link = linkIn(mail);
  assert.ok(link.startsWith('http://localhost:8000/mail/'), link);
  assert.ok(html.includes(`href="${link}"`), 'both parts hold one link');
  assert.match(text, /^(?:Hello|Guten Tag|Bonjour) (?:ada|root),\n/);
  assert.doesNotMatch(html, /<script/);
  return id;
}

/** To whom, what about, and which page its link opens; then the token of it, empty where it has none. */
function assertMail(mail: ReceivedMail, to: string, subject: string, action: string, language = 'en-GB'): string {
  assert.deepEqual([mail.to, mail.subject.replaceAll(/\s/g, ' ')], [[to], subject]);
  assert.ok(mail.html.includes(`<html lang="${language}">`), subject);
  const [page, token = ''] = linkIn(mail).split('#token=');
  assert.equal(page, `http://localhost:8000/mail/${action}`);
  if (token !== '') assert.match(token, /^[\w-]{43}$/);
  assert.equal(linkIn(mail).includes('#'), token !== '');
  return token;
}

const post = (call: Call, path: string, json: object, headers: Readonly<Record<string, string>> = {}) =>
  call('POST', path, { json, headers });

const opens = async (call: Call, email: string, password: string): Promise<boolean> =>
  (await post(call, '/login', { email, password }, { 'user-agent': laptop })).status === 200;

const userOf = async (call: Call, token: string) => (await call('GET', '/user', { token })).body;

async function assertSignedIn(call: Call, { body, cookie }: Answer, email = ada.email): Promise<void> {
  const user = await userOf(call, body.access_token);
  assert.deepEqual([user.email, user.email_verified], [email, true]);
  assert.equal((await call('POST', '/refresh-access-token', { cookie })).status, 200);
}

/** An administrator who has signed in, and has heard of it. */
async function startAdmin({ server, theMail }: World): Promise<string> {
  const token = await server.admin();
  assertMail(await theMail(), 'root@example.com', 'Acme: A new device has signed in', 'reset-password');
  return token;
}

/** Ada as she is once she has clicked the first link; nothing of it remains unread. */
async function verifiedAda({ call, theMail }: World, language = {}): Promise<Held> {
  const { body } = await post(call, '/signup', ada, { ...language, 'user-agent': laptop });
  const [, token] = linkIn(await theMail()).split('#token=');
  assert.equal((await post(call, '/email/verify', { token, password: ada.password })).status, 200);
  const [sessionId = ''] = String(body.refresh_token).split('.');
  return { id: body.data.id, sessionId, accessToken: body.access_token, refreshToken: body.refresh_token };
}

test('an address is verified by the mail of the sign-up, in the language of the browser', async () => {
  await using world = await start();
  const { call, theMail, arrived } = world;
  const { status, body } = await post(call, '/signup', ada, german);
  assert.equal(status, 201);
  const subject = 'Acme: Bestätigen Sie Ihre E-Mail-Adresse';
  const token = assertMail(await theMail(), ada.email, subject, 'verify-email', 'de-DE');
  assert.equal((await userOf(call, body.access_token)).email_verified, false);

  assert.equal((await post(call, '/email/verify', { token, password: ada.password })).status, 200);
  assert.equal((await userOf(call, body.access_token)).email_verified, true);
  assert.deepEqual(subjectsOf(await arrived()), []);
  assert.equal((await post(call, '/email/verification', { email: ada.email })).status, 202);
  assert.deepEqual(subjectsOf(await arrived()), [], 'there is nothing left to verify');
});

test('REQUIRE_VERIFIED_EMAIL=signup: the mail makes the account; to a taken address another one goes, to its owner', async () => {
  await using world = await start({ REQUIRE_VERIFIED_EMAIL: 'signup' });
  const { call, theMail, arrived } = world;
  const begun = await post(call, '/signup', ada, french);
  const token = assertMail(
    await theMail(),
    ada.email,
    'Acme : Terminez votre inscription',
    'complete-sign-up',
    'fr-FR',
  );
  assert.equal(await opens(call, ada.email, ada.password), false, 'there is no account yet');

  const done = await post(call, '/signup/complete', { token, password: ada.password });
  assert.equal(done.status, 201);
  await assertSignedIn(call, done);
  assert.deepEqual(subjectsOf(await arrived()), []);

  const again = await post(call, '/signup', { ...bea, email: 'ADA@example.com' }, german);
  assert.deepEqual([again.status, again.body], [begun.status, begun.body]);
  const taken = await theMail();
  assertMail(taken, ada.email, 'Acme : Vous avez déjà un compte', 'reset-password', 'fr-FR');
  assert.doesNotMatch(taken.source, /\bbea\b/, 'what a stranger typed is not passed on');
});

test('a forgotten password: the link sets another, and a second mail says so', async () => {
  await using world = await start();
  const { call, theMail, arrived } = world;
  const held = await verifiedAda(world);
  assert.equal((await post(call, '/password/forgot', { email: 'nobody@example.com' })).status, 202);
  assert.deepEqual(subjectsOf(await arrived()), []);
  assert.equal((await post(call, '/password/forgot', { email: 'ADA@example.com' }, french)).status, 202);
  const mail = await theMail();
  // She signed up without saying which language she reads; who asks now says it.
  const token = assertMail(mail, ada.email, 'Acme : Choisissez un nouveau mot de passe', 'reset-password', 'fr-FR');
  assert.match(mail.text, /30 minutes/);
  assert.deepEqual([await lives(call, held), await opens(call, ada.email, ada.password)], [true, true]);

  const reset = () => post(call, '/password/reset', { token, new_password: next }, { 'user-agent': laptop });
  assert.equal((await reset()).status, 200);
  const told = await theMail();
  assertMail(told, ada.email, 'Acme: Your password has been changed', 'reset-password');
  assert.match(told.text, /Firefox on Linux/);
  assert.equal(await lives(call, held), false);
  assert.equal(await opens(call, ada.email, ada.password), false);
  assert.equal(await opens(call, ada.email, next), true);
  // All sessions have ended, so every device is a new one.
  assert.deepEqual(subjectsOf(await arrived()), ['Acme: A new device has signed in']);
  assertProblem(await reset(), 422, 'invalid-one-time-token');
  assert.deepEqual(subjectsOf(await arrived()), []);
});

describe('the address changes', () => {
  /** From ada@example.com, by the mail that the new one got; the token of the way back. */
  async function change({ call, arrived, theMail }: World, held: Held): Promise<string> {
    const json = { email: newEmail, current_password: ada.password };
    const asked = await call('POST', '/user/email', { token: held.accessToken, json });
    assert.equal(asked.status, 202);
    const [confirm, told, ...more] = await arrived();
    assert.ok(confirm && told);
    assert.deepEqual(subjectsOf(more), []);
    const token = assertMail(
      confirm,
      newEmail,
      'Acme: Bestätigen Sie Ihre neue E-Mail-Adresse',
      'confirm-email',
      'de-DE',
    );
    const subject = 'Acme: Ihre E-Mail-Adresse soll sich ändern';
    assert.equal(assertMail(told, ada.email, subject, 'reset-password', 'de-DE'), '');
    for (const { text } of [confirm, told]) assert.ok(text.includes(newEmail));
    assert.equal((await userOf(call, held.accessToken)).email, ada.email);

    assert.equal((await post(call, '/email/confirm', { token, password: ada.password })).status, 200);
    const user = await userOf(call, held.accessToken);
    assert.deepEqual([user.email, user.email_verified], [newEmail, true]);
    const changed = await theMail();
    return assertMail(changed, ada.email, 'Acme: Ihre E-Mail-Adresse wurde geändert', 'undo-email', 'de-DE');
  }

  test('when the new one has confirmed it; the old one hears of it twice, and takes it back on the seventh day', async () => {
    await using world = await start();
    const { server, call, arrived } = world;
    const held = await verifiedAda(world, german);
    const token = await change(world, held);
    server.clock.advance(7 * day - 1_000);
    assert.equal((await post(call, '/email/undo', { token })).status, 200);

    const [undone, reset, ...more] = await arrived();
    assert.ok(undone && reset);
    assert.deepEqual(subjectsOf(more), []);
    const subject = 'Acme: Die Änderung einer E-Mail-Adresse wurde rückgängig gemacht';
    assert.equal(assertMail(undone, newEmail, subject, 'reset-password', 'de-DE'), '');
    const again = assertMail(reset, ada.email, 'Acme: Wählen Sie ein neues Passwort', 'reset-password', 'de-DE');
    assert.equal(await opens(call, ada.email, ada.password), false, 'whoever changed it knew the password');
    assert.equal((await post(call, '/password/reset', { token: again, new_password: next })).status, 200);
    assert.deepEqual([await opens(call, ada.email, next), await opens(call, newEmail, next)], [true, false]);
  });

  test('and after seven days nothing takes it back', async () => {
    await using world = await start();
    const { server, call, arrived } = world;
    const token = await change(world, await verifiedAda(world, german));
    server.clock.advance(7 * day);
    assertProblem(await post(call, '/email/undo', { token }), 422, 'invalid-one-time-token');
    assert.deepEqual(
      [await opens(call, newEmail, ada.password), await opens(call, ada.email, ada.password)],
      [true, false],
    );
    assert.deepEqual(subjectsOf(await arrived()), []);
  });

  test('by an administrator at once: both addresses are told', async () => {
    await using world = await start();
    const { call, arrived } = world;
    const { id, accessToken } = await verifiedAda(world);
    const answer = await call('PATCH', `/users/${id}`, { token: await startAdmin(world), json: { email: newEmail } });
    assert.equal(answer.status, 200);
    const [one, another, ...more] = await arrived();
    assert.ok(one && another);
    assert.deepEqual(subjectsOf(more), []);
    const [told, set] = one.to.includes(ada.email) ? [one, another] : [another, one];
    assertMail(set, newEmail, 'Acme: Your account has this address now', 'reset-password');
    // No way back: else whoever reads a mailbox that was handed over would take the account with it.
    assertMail(told, ada.email, 'Acme: Your account has another address now', 'reset-password');
    assert.equal((await userOf(call, accessToken)).email_verified, false);
  });
});

describe('a sign-in by mail', () => {
  const ask = async ({ call, theMail }: World): Promise<{ token: string; code: string }> => {
    const headers = { ...french, 'user-agent': phone };
    assert.equal((await post(call, '/login/email', { email: ada.email }, headers)).status, 202);
    const mail = await theMail();
    const token = assertMail(mail, ada.email, 'Acme : Votre connexion', 'sign-in', 'fr-FR');
    const [, code = ''] = /^ {4}(\d{6})$/m.exec(mail.text) ?? [];
    assert.ok(mail.html.includes(`>${code}</p>`), 'both parts hold one code');
    assert.match(mail.text, /Firefox sur Android/);
    return { token, code };
  };

  for (const [way, present] of [
    ['link', ({ token }: { token: string }) => ({ token })],
    ['code', ({ code }: { code: string }) => ({ email: ada.email, code })],
  ] as const) {
    test(`by its ${way}, once; a new device is told`, async () => {
      await using world = await start();
      const { call, theMail, arrived } = world;
      await verifiedAda(world, french);
      const mail = await ask(world);
      const signIn = (proof: object) => post(call, '/login/email/verify', proof, { 'user-agent': phone });
      const answer = await signIn(present(mail));
      assert.equal(answer.status, 200);
      await assertSignedIn(call, answer);
      const told = await theMail();
      assertMail(told, ada.email, 'Acme : Un nouvel appareil s’est connecté', 'reset-password', 'fr-FR');
      assertProblem(await signIn({ token: mail.token }), 422, 'invalid-one-time-token');
      assertProblem(await signIn({ email: ada.email, code: mail.code }), 422, 'invalid-one-time-token');
      assert.deepEqual(subjectsOf(await arrived()), []);
    });
  }
});

test('an administrator invites; the link sets the first password and signs in', async () => {
  await using world = await start();
  const { call, theMail, arrived } = world;
  const { username, email, password } = ada;
  const json = { username, email, invite: true };
  const token = await startAdmin(world);
  assert.equal((await call('POST', '/users', { token, json, headers: german })).status, 201);
  // The language of an administrator is not that of whom they invite.
  const invitation = assertMail(await theMail(), email, 'Acme: You are invited', 'accept-invitation');
  assert.equal(await opens(call, email, password), false);

  const accept = () => post(call, '/invitations/accept', { token: invitation, new_password: password });
  const accepted = await accept();
  assert.equal(accepted.status, 200);
  await assertSignedIn(call, accepted);
  assert.equal(await opens(call, email, password), true);
  assertProblem(await accept(), 422, 'invalid-one-time-token');
  assert.deepEqual(subjectsOf(await arrived()), ['Acme: A new device has signed in']);
});

describe('what a user is told of', () => {
  test('a device that was not there before, and where the sign-in came from', async () => {
    await using world = await start();
    const { call, server, theMail, arrived } = world;
    await verifiedAda(world);
    const { email, password } = ada;
    await post(call, '/login', { email, password }, { 'user-agent': laptop });
    assert.deepEqual(subjectsOf(await arrived()), [], 'the account began with it');
    await post(call, '/login', { email, password }, { 'user-agent': phone });
    const mail = await theMail();
    assertMail(mail, email, 'Acme: A new device has signed in', 'reset-password');
    for (const fact of ['127.0.0.1', 'Firefox on Android', String(new Date(server.clock.now()).getUTCFullYear())]) {
      assert.ok(mail.text.includes(fact) && mail.html.includes(fact), fact);
    }
  });

  test('all sessions at once, ended by an administrator', async () => {
    await using world = await start();
    const { call, theMail } = world;
    const held = await verifiedAda(world, german);
    const token = await startAdmin(world);
    assert.equal((await call('DELETE', `/users/${held.id}/sessions`, { token })).status, 200);
    assertMail(await theMail(), ada.email, 'Acme: Alle Geräte wurden abgemeldet', 'reset-password', 'de-DE');
    assert.equal(await lives(call, held), false);
  });

  test('theft: a refresh token that comes back', async () => {
    await using world = await start();
    const { call, server, theMail, arrived } = world;
    const held = await verifiedAda(world, french);
    const refresh = () => post(call, '/refresh-access-token', { refresh_token: held.refreshToken });
    assert.equal((await refresh()).status, 200);
    server.clock.advance(60_000);
    assertProblem(await refresh(), 401, 'refresh-token-reused');
    const subject = 'Acme : Nous avons déconnecté un appareil pour votre sécurité';
    assertMail(await theMail(), ada.email, subject, 'reset-password', 'fr-FR');
    assert.equal(await lives(call, held), false);
    assertProblem(await refresh(), 401, 'invalid-refresh-token');
    assert.deepEqual(subjectsOf(await arrived()), [], 'once');
  });
});
