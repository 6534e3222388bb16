/**
 * Every link that a mail holds, in a real browser and against the real endpoints: found in /dev/mail, followed, looked at without
 * consequence, and used. What the pages do with each answer is in mail-pages.test.ts.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { inBrowser, newPage } from '../support/browser.ts';
import { type Call, createClient } from '../support/client.ts';
import { freePort } from '../support/databases/server-process.ts';
import { type Account, ada, bea, type Held, lives, signUp, verifyAddress } from '../support/people.ts';
import { startServer, type TestServer } from '../support/server.ts';

const next = 'nine grey herons wade';

/** A development server as one starts it, and a browser beside it. */
interface World {
  readonly server: TestServer;
  readonly call: Call;
  /** Where its mails say that it is. */
  readonly origin: string;
  readonly browser: Page;
}

/** Somebody at a browser of their own. */
interface Visitor {
  readonly page: Page;
  /** The paths that its pages have posted to since the last call, but where they only ask whose account it is. */
  posted(): string[];
}

/** @param story gets one, whom nothing may befall: no other host is asked, no script fails, no policy is broken */
async function visit({ browser, origin }: World, story: (visitor: Visitor) => Promise<void>, javaScriptEnabled = true) {
  const page = await newPage(browser, { javaScriptEnabled });
  const context = page.context();
  const posted: string[] = [];
  const problems: string[] = [];
  context.on('request', (request) => {
    const { origin: asked, pathname } = new URL(request.url());
    if (request.method() === 'POST' && pathname !== '/login/email/account') posted.push(pathname);
    if (asked !== origin && !request.url().startsWith('data:')) problems.push(request.url());
  });
  context.on('weberror', (error) => problems.push(String(error.error())));
  // That a call is refused is what some of these are about.
  context.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      problems.push(message.text());
  });
  await story({ page, posted: () => posted.splice(0) });
  assert.deepEqual([problems, posted], [[], []], 'nothing is refused, nothing was sent unseen');
  await context.close();
}

/** Opens the newest mail to somebody with this subject; the time goes on, so that the next one is newer. */
async function openMail({ server, origin }: World, page: Page, to: string, subject: string): Promise<void> {
  await page.goto(`${origin}/dev/mail`);
  const ofThem = page.locator('tbody tr').filter({ has: page.getByRole('cell', { name: to, exact: true }) });
  const link = ofThem.getByRole('link', { name: `Keyward: ${subject}`, exact: true }).first();
  // Not by a click: it could meet the moment in which the list looks for new mails.
  await page.goto(new URL((await link.getAttribute('href')) ?? '', page.url()).href);
  server.clock.advance(1_000);
}

/** Opens the link of the mail that is shown; the page behind it has a window of its own. */
async function followLink({ server, origin }: World, { page, posted }: Visitor, action: string): Promise<Page> {
  await server.newEvents();
  await server.newMails();
  const link = page.frameLocator('iframe').locator('a').first();
  await link.waitFor();
  // By key: Chromium may take a click into a frame that is scrolled away for one behind it.
  const [opened] = await Promise.all([page.context().waitForEvent('page'), link.press('Enter')]);
  await opened.waitForLoadState();
  assert.equal(opened.url(), `${origin}/mail/${action}`, 'the token is out of sight');
  await opened.locator('#act button').waitFor();
  assert.deepEqual([posted(), await server.newEvents(), await server.newMails()], [[], [], []], 'opening does nothing');
  return opened;
}

/** Finds the mail and opens what it links to. */
async function open(world: World, visitor: Visitor, to: string, subject: string, action: string): Promise<Page> {
  await openMail(world, visitor.page, to, subject);
  return await followLink(world, visitor, action);
}

const press = (page: Page, form = '#act') => page.locator(`${form} button`).click();

/** Presses the button; what the page then says that it has done, and where it has posted to. */
async function finish(page: Page, { posted }: Visitor): Promise<[said: string, posted: string[]]> {
  await press(page);
  await page.locator('#done').waitFor();
  return [await page.innerText('#done'), posted()];
}

/** What the page says instead of doing it. */
async function alertOf(page: Page): Promise<string> {
  await page.locator('#alert:not(:empty)').waitFor();
  return await page.innerText('#alert');
}

const opens = async (call: Call, { email, password }: Pick<Account, 'email' | 'password'>): Promise<boolean> =>
  (await call('POST', '/login', { json: { email, password } })).status === 200;

const userOf = async (call: Call, { accessToken }: Pick<Held, 'accessToken'>) =>
  (await call('GET', '/user', { token: accessToken })).body;

/** The user whom a browser is signed in as, by what it keeps; undefined where it keeps nothing. */
async function whoIsIn({ call }: World, page: Page): Promise<{ email: string; email_verified: boolean } | undefined> {
  const cookies = await page.context().cookies();
  const refresh = cookies.find(({ name }) => name.endsWith('refresh_token'));
  if (refresh === undefined) return undefined;
  assert.equal(refresh.httpOnly, true);
  const { body } = await call('POST', '/refresh-access-token', { cookie: decodeURIComponent(refresh.value) });
  return await userOf(call, { accessToken: body.access_token });
}

async function newcomer({ call }: World, username: string): Promise<Held & Account> {
  const account = { ...ada, username, email: `${username}@example.com` };
  return { ...account, ...(await signUp(call, account)) };
}

async function verifiedUser(world: World, username: string): Promise<Held & Account> {
  const account = await newcomer(world, username);
  await verifyAddress(world.server, account.id);
  world.server.clock.advance(1_000);
  return account;
}

const journeys: Readonly<Record<string, (world: World) => Promise<void>>> = {
  'an address is verified: the link alone does not do, the password of the account does': (world) =>
    visit(world, async (visitor) => {
      const account = await newcomer(world, 'ada');
      const page = await open(world, visitor, account.email, 'Confirm your e-mail address', 'verify-email');
      await press(page);
      assert.match(await alertOf(page), /also show that the account is/);
      assert.deepEqual(visitor.posted(), ['/email/verify']);
      assert.equal((await userOf(world.call, account)).email_verified, false);
      await page.fill('#password', account.password);
      assert.deepEqual(await finish(page, visitor), [
        'Your e-mail address is confirmed. You can close this page.',
        ['/email/verify'],
      ]);
      assert.deepEqual(
        [(await userOf(world.call, account)).email_verified, await lives(world.call, account)],
        [true, true],
      );
    }),

  'an address is verified by a click, in the browser that has signed up': (world) =>
    visit(world, async (visitor) => {
      const { request } = visitor.page.context();
      assert.equal((await request.post(`${world.origin}/signup`, { data: bea })).status(), 201);
      const page = await open(world, visitor, bea.email, 'Confirm your e-mail address', 'verify-email');
      const [said] = await finish(page, visitor);
      assert.match(said, /is confirmed/);
      const user = await whoIsIn(world, page);
      assert.deepEqual([user?.email, user?.email_verified], [bea.email, true]);
    }),

  'a forgotten password: asked for on the page, chosen on the page; the used link leads to a new mail': (world) =>
    visit(world, async (visitor) => {
      const { call, origin, server } = world;
      const account = await verifiedUser(world, 'cyd');
      const { page } = visitor;
      await page.goto(`${origin}/mail/reset-password`);
      await page.fill('#email', account.email);
      await press(page, '#ask');
      await page.locator('#sent').waitFor();
      assert.deepEqual(visitor.posted(), ['/password/forgot']);
      const opened = await open(world, visitor, account.email, 'Choose a new password', 'reset-password');
      assert.deepEqual([await lives(call, account), await opens(call, account)], [true, true]);

      await opened.fill('#new_password', next);
      server.clock.advance(1_000);
      const [said, posted] = await finish(opened, visitor);
      assert.match(said, /Your new password holds/);
      assert.deepEqual(posted, ['/password/reset']);
      assert.deepEqual([await lives(call, account), await opens(call, account)], [false, false]);

      // The mail that was shown is still there, and its link was used.
      const again = await followLink(world, visitor, 'reset-password');
      await again.fill('#new_password', bea.password);
      await press(again);
      assert.match(await alertOf(again), /^This link or code is no longer good: it was used/);
      assert.equal(await again.locator('#ask').isVisible(), true);
      assert.equal(await again.locator('#act').isVisible(), false);
      assert.deepEqual(visitor.posted(), ['/password/reset']);
      assert.deepEqual(
        [await server.newMails(), await opens(call, { ...account, password: bea.password })],
        [[], false],
      );

      await openMail(world, page, account.email, 'Your password has been changed');
      assert.equal(await opens(call, { ...account, password: next }), true);
    }),

  'a sign-in by the link of a mail': (world) =>
    visit(world, async (visitor) => {
      const account = await verifiedUser(world, 'dan');
      await world.call('POST', '/login/email', { json: { email: account.email } });
      const page = await open(world, visitor, account.email, 'Your sign-in', 'sign-in');
      await page.locator('#whose', { hasText: account.email }).waitFor();
      assert.equal(await whoIsIn(world, page), undefined);
      assert.deepEqual(await finish(page, visitor), [
        'You are signed in. You can close this page.',
        ['/login/email/verify'],
      ]);
      assert.equal((await whoIsIn(world, page))?.email, account.email);
      assert.equal(await lives(world.call, account), true, 'other sessions go on');
    }),

  'a sign-in by the code of a mail, on the page that asked for it': (world) =>
    visit(world, async (visitor) => {
      const account = await verifiedUser(world, 'eve');
      const { page } = visitor;
      await page.goto(`${world.origin}/mail/sign-in`);
      await page.fill('#email', account.email);
      await press(page, '#ask');
      await page.locator('#code').waitFor();
      const reader = await page.context().newPage();
      await openMail(world, reader, account.email, 'Your sign-in');
      const [code = ''] = /\b\d{6}\b/.exec(await reader.innerText('pre')) ?? [];
      assert.equal(await whoIsIn(world, page), undefined);
      await page.fill('#code', code);
      await press(page, '#enter');
      await page.locator('#done').waitFor();
      assert.deepEqual(visitor.posted(), ['/login/email', '/login/email/verify']);
      assert.equal((await whoIsIn(world, page))?.email, account.email);
    }),

  'a change of the address: confirmed by the new one, undone by the old one, which then chooses a password': (world) =>
    visit(world, async (visitor) => {
      const { call, server } = world;
      const account = await verifiedUser(world, 'fay');
      const email = 'fay@example.org';
      const json = { email, current_password: account.password };
      assert.equal((await call('POST', '/user/email', { token: account.accessToken, json })).status, 202);
      const page = await open(world, visitor, email, 'Confirm your new e-mail address', 'confirm-email');
      assert.equal((await userOf(call, account)).email, account.email);
      await press(page);
      assert.match(await alertOf(page), /also show that the account is/);
      assert.deepEqual(visitor.posted(), ['/email/confirm']);
      await page.fill('#password', account.password);
      assert.match((await finish(page, visitor))[0], /has the new address/);
      const user = await userOf(call, account);
      assert.deepEqual([user.email, user.email_verified], [email, true]);

      const back = await open(world, visitor, account.email, 'Your e-mail address has changed', 'undo-email');
      assert.deepEqual([(await userOf(call, account)).email, await lives(call, account)], [email, true]);
      assert.match((await finish(back, visitor))[0], /has its former address again/);
      const { email: restored } = (await server.features.users.find(server.db, account.id)) ?? {};
      assert.deepEqual(
        [restored, await lives(call, account), await opens(call, account)],
        [account.email, false, false],
      );

      const reset = await open(world, visitor, account.email, 'Choose a new password', 'reset-password');
      await reset.fill('#new_password', next);
      assert.match((await finish(reset, visitor))[0], /Your new password holds/);
      assert.equal(await opens(call, { ...account, password: next }), true);
    }),

  'an invitation': (world) =>
    visit(world, async (visitor) => {
      const { call, server } = world;
      const account = { ...ada, username: 'gus', email: 'gus@example.com' };
      const { username, email } = account;
      const token = await server.admin();
      server.clock.advance(1_000);
      assert.equal((await call('POST', '/users', { token, json: { username, email, invite: true } })).status, 201);
      const page = await open(world, visitor, email, 'You are invited', 'accept-invitation');
      await page.fill('#new_password', account.password);
      assert.deepEqual([await whoIsIn(world, page), await opens(call, account)], [undefined, false]);
      assert.match((await finish(page, visitor))[0], /The account is yours, and you are signed in/);
      const user = await whoIsIn(world, page);
      assert.deepEqual([user?.email, user?.email_verified, await opens(call, account)], [email, true, true]);
    }),

  'without scripts the mailbox is read as ever; the page says what to do, and nothing can be pressed': (world) =>
    visit(
      world,
      async ({ page, posted }) => {
        const { call, origin, server } = world;
        const account = await verifiedUser(world, 'hal');
        await call('POST', '/login/email', { json: { email: account.email } });
        await openMail(world, page, account.email, 'Your sign-in');
        await server.newEvents();
        const href = await page.locator('pre a').first().getAttribute('href');
        assert.match(href ?? '', /^http:\/\/localhost:\d+\/mail\/sign-in#token=/);
        await page.goto(href ?? '');
        assert.match(await page.innerText('main'), /This page needs JavaScript, .* Allow it for this page and reload/);
        assert.equal(await page.locator('button, input').filter({ visible: true }).count(), 0);
        assert.deepEqual([posted(), await server.newEvents(), await whoIsIn(world, page)], [[], [], undefined]);
        assert.ok(page.url().startsWith(origin));
      },
      false,
    ),
};

async function develop(env: Readonly<Record<string, string>> = {}): Promise<{ server: TestServer; origin: string }> {
  const port = await freePort();
  const server = await startServer({ env: { PORT: String(port), ...env } });
  return { server, origin: `http://localhost:${port}` };
}

test('what stands in /dev/mail does what it says', async (t: TestContext) => {
  const { server, origin } = await develop();
  await using _ = server;
  await inBrowser(
    t,
    async (browser) => {
      const world = { server, origin, browser, call: createClient(server.url) };
      for (const [name, journey] of Object.entries(journeys)) await t.test(name, () => journey(world));
      await t.test('REQUIRE_VERIFIED_EMAIL=signup: the mail makes the account', () => completeSignUp(browser));
    },
    origin,
  );
});

async function completeSignUp(browser: Page): Promise<void> {
  const { server, origin } = await develop({ REQUIRE_VERIFIED_EMAIL: 'signup' });
  await using _ = server;
  const world = { server, origin, browser, call: createClient(server.url) };
  await visit(world, async (visitor) => {
    assert.equal((await world.call('POST', '/signup', { json: ada })).status, 202);
    const page = await open(world, visitor, ada.email, 'Complete your sign-up', 'complete-sign-up');
    assert.deepEqual([await whoIsIn(world, page), await opens(world.call, ada)], [undefined, false]);
    await page.fill('#password', ada.password);
    assert.match((await finish(page, visitor))[0], /Your account is ready, and you are signed in/);
    const user = await whoIsIn(world, page);
    assert.deepEqual([user?.email, user?.email_verified, await opens(world.call, ada)], [ada.email, true, true]);
  });
}
