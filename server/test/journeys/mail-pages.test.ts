/** The pages behind the links in mails, in a real browser. The endpoints that they post to are stood in for; journeys with real mails are elsewhere. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { Page, Route } from 'playwright-core';
import { flows } from '../../src/features/pages/flows.ts';
import type { Purpose } from '../../src/kernel/purpose.ts';
import { inBrowser, newPage } from '../support/browser.ts';
import { createClient } from '../support/client.ts';
import { tokenOf } from '../support/mails.ts';
import { logIn, verifyAddress } from '../support/people.ts';
import { startServer, type TestServer } from '../support/server.ts';

const token = 'xTcX5hyB0JY5ZQkq2Zb5DqqYb1mUuJ0kYqKJ4a1iBqk';
const password = 'seven quiet lanterns burn';

const actions = [
  'verify-email',
  'complete-sign-up',
  'reset-password',
  'sign-in',
  'confirm-email',
  'undo-email',
  'accept-invitation',
];

interface Sent {
  readonly path: string;
  readonly body: unknown;
}

interface Answer {
  readonly status: number;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Stage {
  readonly page: Page;
  readonly url: string;
  /** What the page has posted since the last call. */
  sent(): Sent[];
  /** What the next posts are answered, one after the other. */
  answer(...answers: readonly (Answer | 'no connection')[]): void;
  /** Opens a page anew. */
  open(path: string): Promise<void>;
}

/** What a page asks without a click: it changes nothing. */
const whosePath = '/login/email/account';

/** Whose account a link signs in to, in these tests. */
function whose({ token: of }: { token: string }) {
  const email = of === 'mallory' ? 'mallory@example.com' : 'ada@example.com';
  const { status, body } = of === 'gone' ? problem(422, 'invalid-one-time-token') : { status: 200, body: { email } };
  return { status, contentType: 'application/json', body: JSON.stringify(body) };
}

/** A page whose posts are stood in for. Whatever else it asks for, and whatever its policy refuses, fails the test. */
async function onStage(t: TestContext, story: (stage: Stage, server: TestServer) => Promise<void>, language = 'en-GB') {
  await using server = await startServer({ env: { BRAND_NAME: 'Acme' } });
  await inBrowser(
    t,
    async (first) => {
      const page = await newPage(first, { locale: language });
      const sent: Sent[] = [];
      const waiting: (Answer | 'no connection')[] = [];
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(String(error)));
      page.on('dialog', (dialog) => problems.push(dialog.message()));
      // That a call was refused is what many of these tests are about.
      page.on('console', (message) => {
        if (message.type() === 'error' && !/^Failed to load resource/.test(message.text()))
          problems.push(message.text());
      });
      await page.route('**', async (route) => {
        const request = route.request();
        const path = new URL(request.url()).pathname;
        if (request.method() === 'GET' && path.startsWith('/mail/')) return await route.continue();
        if (path === whosePath) return await route.fulfill(whose(request.postDataJSON()));
        sent.push({ path, body: request.postDataJSON() });
        const next = waiting.shift();
        if (next === undefined || next === 'no connection') return await route.abort();
        const { status, body = {}, headers = {} } = next;
        const contentType = status < 400 ? 'application/json' : 'application/problem+json';
        await route.fulfill({ status, contentType, headers, body: JSON.stringify(body) });
      });
      const stage: Stage = {
        page,
        url: server.url,
        sent: () => sent.splice(0),
        answer: (...answers) => void waiting.push(...answers),
        async open(path) {
          await page.goto('about:blank');
          await page.goto(`${server.url}/mail/${path}`);
        },
      };
      await story(stage, server);
      assert.deepEqual(problems, []);
      assert.deepEqual(sent, [], 'nothing was sent unseen');
    },
    server.url,
  );
}

const problem = (status: number, code: string, more: object = {}): Answer => ({
  status,
  body: {
    type: `/problems/${code}`,
    title: code,
    status,
    code,
    detail: `In the words of the server: ${code}.`,
    ...more,
  },
});

const visible = (page: Page, selector: string) => page.locator(selector).filter({ visible: true });
const alertOf = (page: Page) => page.locator('#alert').innerText();
const press = (page: Page) => visible(page, 'button').click();
const focused = (page: Page) => page.evaluate('document.activeElement.id');

interface MailLink {
  readonly action: Purpose;
  readonly token: string;
  /** What goes with the token when the link is used. */
  readonly more: object;
}

/** A link of each sort, out of mails that were really sent, each to somebody of their own. */
async function mailLinks(server: TestServer): Promise<readonly MailLink[]> {
  const call = createClient(server.url);
  const { accounts } = server.features;
  const by = undefined;
  const accountOf = (username: string) => ({ username, email: `${username}@example.com`, password });
  const made = async (username: string) => accounts.createUser({ ...accountOf(username), by });
  const ask = async (path: string, json: object, more: object = {}) => {
    const { status, body } = await call('POST', path, { json, ...more });
    assert.equal(status, 202, JSON.stringify(body));
  };
  const asked = async (username: string, path: string) => {
    await made(username);
    await ask(path, { email: `${username}@example.com` });
  };
  const askChange = async (username: string) => {
    await verifyAddress(server, await made(username));
    const { accessToken } = await logIn(call, accountOf(username));
    await server.newMails();
    const json = { email: `${username}@example.org`, current_password: password };
    await ask('/user/email', json, { token: accessToken });
  };
  const change = async (username: string) => {
    await askChange(username);
    const mail = (await server.newMails()).find(({ template }) => template === 'confirm-email');
    const json = { token: tokenOf(mail), password };
    assert.equal((await call('POST', '/email/confirm', { json })).status, 200);
  };
  const newPassword = { new_password: 'nine grey herons wade' };
  const ways: readonly (readonly [action: Purpose, begin: () => Promise<unknown>, more: object])[] = [
    ['verify-email', () => asked('ada', '/email/verification'), { password }],
    ['complete-sign-up', () => ask('/signup', accountOf('bea')), { password }],
    ['reset-password', () => asked('cyd', '/password/forgot'), newPassword],
    ['sign-in', () => asked('dee', '/login/email'), {}],
    ['confirm-email', () => askChange('eve'), { password }],
    ['undo-email', () => change('fay'), {}],
    [
      'accept-invitation',
      () => accounts.createUser({ ...accountOf('gus'), password: undefined, invite: true, by }),
      newPassword,
    ],
  ];
  assert.deepEqual(
    ways.map(([action]) => action),
    actions,
  );
  const links: MailLink[] = [];
  for (const [action, begin, more] of ways) {
    await begin();
    const mail = (await server.newMails()).find(({ data }) => JSON.stringify(data).includes(`/mail/${action}#token=`));
    links.push({ action, token: tokenOf(mail), more });
  }
  await server.newEvents();
  return links;
}

/** Each of them is as good as when it was sent. */
async function useAll(server: TestServer, links: readonly MailLink[]): Promise<void> {
  const call = createClient(server.url);
  for (const { action, token: real, more } of links) {
    const path = flows[action].endpoint.replace('..', '');
    const { status, body } = await call('POST', path, { json: { token: real, ...more } });
    assert.equal(status, action === 'complete-sign-up' ? 201 : 200, `${action}: ${JSON.stringify(body)}`);
  }
}

describe('opening a page', () => {
  test('uses nothing up: by GET, HEAD, prefetch, and whatever stands behind', async () => {
    await using server = await startServer({ env: { REQUIRE_VERIFIED_EMAIL: 'signup' } });
    const links = await mailLinks(server);
    for (const { action, token: real } of links) {
      const url = `${server.url}/mail/${action}`;
      const plain = await fetch(url);
      const body = await plain.text();
      assert.equal(plain.status, 200);
      for (const init of [
        {},
        { method: 'HEAD' },
        { headers: { 'sec-purpose': 'prefetch' } },
        { headers: { purpose: 'preview' } },
      ]) {
        const answer = await fetch(`${url}?token=${real}`, init);
        assert.equal(answer.status, 200);
        assert.equal(await answer.text(), init.method === 'HEAD' ? '' : body, 'the same for everybody');
        assert.deepEqual(
          [...answer.headers.keys()].filter((name) => name === 'set-cookie'),
          [],
        );
      }
      for (const method of ['POST', 'PUT', 'DELETE'])
        assert.equal((await fetch(`${url}?token=${real}`, { method })).status, 405);
    }
    assert.deepEqual([await server.newEvents(), await server.newMails()], [[], []]);
    for (const link of links) assert.equal(server.log.join('').includes(link.token), false);
    await useAll(server, links);
  });

  test('in a browser that runs its script, without a click, uses nothing up', async (t) => {
    await using server = await startServer({ env: { REQUIRE_VERIFIED_EMAIL: 'signup' } });
    await inBrowser(
      t,
      async (page) => {
        const links = await mailLinks(server);
        for (const { action, token: real } of links) {
          await page.goto('about:blank');
          await page.goto(`${server.url}/mail/${action}#token=${real}`);
          await visible(page, '#act button').waitFor();
        }
        assert.deepEqual([await server.newEvents(), await server.newMails()], [[], []]);
        await useAll(server, links);
      },
      server.url,
    );
  });

  test('is kept by nobody, told to nobody, framed by nobody and found by no search', async () => {
    await using server = await startServer();
    for (const action of actions) {
      const { headers } = await fetch(`${server.url}/mail/${action}`);
      assert.equal(headers.get('cache-control'), 'no-store');
      assert.equal(headers.get('referrer-policy'), 'no-referrer');
      assert.equal(headers.get('x-robots-tag'), 'noindex');
      assert.equal(headers.get('x-frame-options'), 'DENY');
      assert.equal(headers.get('vary'), 'Accept-Language');
      const policy = headers.get('content-security-policy') ?? '';
      assert.match(
        policy,
        /^default-src 'none'; script-src 'sha256-[\w+/]{43}='; style-src 'sha256-[\w+/]{43}='; connect-src 'self';/,
      );
      assert.match(
        policy,
        /base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'/,
      );
    }
  });

  test('speaks the language of its reader', async () => {
    await using server = await startServer({ env: { MAIL_LANGUAGE: 'fr' } });
    const languageOf = async (wanted: string) => {
      const answer = await fetch(`${server.url}/mail/sign-in`, { headers: { 'accept-language': wanted } });
      return [answer.headers.get('content-language'), /<html lang="([^"]+)">/.exec(await answer.text())?.[1]];
    };
    assert.deepEqual(await languageOf('de-CH,en;q=0.5'), ['de', 'de-DE']);
    assert.deepEqual(await languageOf('en'), ['en', 'en-GB']);
    assert.deepEqual(await languageOf('ja,*;q=0.1'), ['fr', 'fr-FR']);
    assert.deepEqual(await languageOf('"><script>'), ['fr', 'fr-FR']);
  });

  test('with scripts but without a click does nothing, and takes the token out of sight', async (t) => {
    await onStage(t, async ({ page, open, url }) => {
      for (const action of actions) {
        await open(`${action}#token=${token}`);
        await visible(page, '#act button').waitFor();
        assert.equal(page.url(), `${url}/mail/${action}`);
        assert.equal((await page.content()).includes(token), false);
        assert.equal(await page.evaluate('localStorage.length + sessionStorage.length'), 0);
        await page.goBack();
        assert.equal(page.url(), 'about:blank', 'the address with the token is not in the history');
      }
    });
  });

  test('without scripts says what to do, and shows no form', async (t) => {
    await using server = await startServer();
    await inBrowser(
      t,
      async (first) => {
        const page = await newPage(first, { javaScriptEnabled: false });
        for (const action of actions) {
          await page.goto(`${server.url}/mail/${action}#token=${token}`);
          assert.match(await page.innerText('main'), /This page needs JavaScript/);
          assert.equal(await visible(page, 'form').count(), 0);
        }
      },
      server.url,
    );
  });
});

test('a click does what the page says, with the token and what was filled in, and says that it is done', async (t) => {
  const rows: readonly (readonly [
    action: string,
    fields: Readonly<Record<string, string>>,
    path: string,
    done: RegExp,
  ])[] = [
    ['verify-email', {}, '/email/verify', /address is confirmed/],
    ['complete-sign-up', { password }, '/signup/complete', /account is ready/],
    ['reset-password', { new_password: password }, '/password/reset', /new password holds/],
    ['sign-in', {}, '/login/email/verify', /You are signed in/],
    ['confirm-email', {}, '/email/confirm', /has the new address/],
    ['undo-email', {}, '/email/undo', /former address again/],
    ['accept-invitation', { new_password: password }, '/invitations/accept', /account is yours/],
  ];
  assert.deepEqual(
    rows.map(([action]) => action),
    actions,
  );
  await onStage(t, async ({ page, open, answer, sent }) => {
    for (const [action, fields, path, done] of rows) {
      await open(`${action}#token=${token}`);
      for (const [name, text] of Object.entries(fields)) await page.fill(`#${name}`, text);
      answer({ status: 200 });
      await press(page);
      await visible(page, '#done').waitFor();
      assert.match(await page.innerText('#done'), done);
      assert.equal(await focused(page), 'done', 'a screen reader goes on there');
      assert.equal(await visible(page, 'form').count(), 0);
      assert.deepEqual(sent(), [{ path, body: { ...fields, token } }]);
    }
  });
});

test('by the keyboard alone a password is chosen', async (t) => {
  await onStage(t, async ({ page, open, answer, sent }) => {
    await open(`reset-password#token=${token}`);
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'new_password');
    await page.keyboard.press('Enter');
    assert.equal(await page.innerText('#new_password-error'), 'Please fill in this field.');
    assert.deepEqual(sent(), []);
    await page.keyboard.type(password);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    assert.equal(await page.getAttribute('#new_password', 'type'), 'text', 'it can be shown');
    await page.keyboard.press('Tab');
    answer({ status: 200 });
    await page.keyboard.press('Enter');
    await visible(page, '#done').waitFor();
    assert.deepEqual(sent(), [{ path: '/password/reset', body: { token, new_password: password } }]);
    assert.equal(await page.inputValue('#new_password'), '');
  });
});

test('every field has a label and says its faults, and every control a name', async (t) => {
  await onStage(t, async ({ page, open }) => {
    for (const action of [...actions.map((it) => `${it}#token=${token}`), 'sign-in', 'verify-email']) {
      await open(action);
      for (const field of await page.locator('.field > input').all()) {
        const id = (await field.getAttribute('id')) ?? '';
        assert.equal(await page.locator(`label[for="${id}"]`).count(), 1, id);
        for (const text of ((await field.getAttribute('aria-describedby')) ?? '').split(' '))
          assert.equal(await page.locator(`[id="${text}"]`).count(), 1, text);
      }
      for (const tick of await page.locator('.tick').all()) assert.notEqual((await tick.textContent())?.trim(), '');
    }
  });
});

test('who verifies an address is asked for the account where the server asks, and may choose either proof', async (t) => {
  await onStage(t, async ({ page, open, answer, sent }) => {
    for (const [name, label] of [
      ['password', 'Yes, and I know its password'],
      ['new_password', 'I choose a new password'],
    ] as const) {
      await open(`verify-email#token=${token}`);
      assert.equal(await visible(page, '.field').count(), 0);
      answer(problem(403, 'proof-of-account-needed'));
      await press(page);
      await visible(page, '#choice').waitFor();
      assert.match(await alertOf(page), /Please also show that the account is/);
      await page.getByLabel(label).check();
      await page.fill(`#${name}`, password);
      answer({ status: 200 });
      await press(page);
      await visible(page, '#done').waitFor();
      assert.deepEqual(sent(), [
        { path: '/email/verify', body: { token } },
        { path: '/email/verify', body: { token, [name]: password } },
      ]);
    }
  });
});

test('who confirms another address is asked for the password of the account only when the server wants it, and for no other', async (t) => {
  await onStage(t, async ({ page, open, answer, sent }) => {
    await open(`confirm-email#token=${token}`);
    assert.equal(await visible(page, '.field').count(), 0);
    answer(problem(403, 'proof-of-account-needed'));
    await press(page);
    await visible(page, '#choice').waitFor();
    assert.equal(await focused(page), 'password');
    assert.equal(await page.locator('#new_password').count(), 0);
    await page.fill('#password', password);
    answer({ status: 200 });
    await press(page);
    await visible(page, '#done').waitFor();
    assert.deepEqual(sent(), [
      { path: '/email/confirm', body: { token } },
      { path: '/email/confirm', body: { token, password } },
    ]);
  });
});

test('who completes a sign-up may choose another password than the one that was chosen', async (t) => {
  await onStage(t, async ({ page, open, answer, sent }) => {
    await open(`complete-sign-up#token=${token}`);
    answer(problem(422, 'current-password-wrong'), { status: 201 });
    await page.fill('#password', 'wrong');
    await press(page);
    await page.locator('#password[aria-invalid="true"]').waitFor();
    assert.equal(await alertOf(page), 'This is not the password of the account.');
    assert.equal(await focused(page), 'password');
    await page.getByLabel('A new one').check();
    await page.fill('#new_password', password);
    await press(page);
    await visible(page, '#done').waitFor();
    const [, last] = sent();
    assert.deepEqual(last, { path: '/signup/complete', body: { token, new_password: password } });
  });
});

describe('what the server refuses', () => {
  test('is told in the language of the reader, at the field that it is about', async (t) => {
    await onStage(
      t,
      async ({ page, open, answer, sent }) => {
        await open(`reset-password#token=${token}`);
        assert.match(await page.innerText('#new_password-rules'), /^Mindestens 8 beliebige Zeichen\./);
        await page.fill('#new_password', 'short');
        const errors = [{ pointer: '/new_password', detail: 'Use at least 8 characters.' }];
        answer(problem(422, 'validation-failed', { errors }));
        await press(page);
        await page.locator('#new_password[aria-invalid="true"]').waitFor();
        assert.equal(await page.innerText('#new_password-error'), 'Verwenden Sie mindestens 8 Zeichen.');
        assert.equal(await focused(page), 'new_password');
        const other = [{ pointer: '/new_password', detail: 'Something <b>new</b>.' }];
        answer(problem(422, 'validation-failed', { errors: other }));
        await press(page);
        await page.getByText('Something <b>new</b>.').waitFor();
        answer(problem(422, 'validation-failed', { errors: [{ pointer: '/new_password', detail: 'constructor' }] }));
        await press(page);
        await page.getByText('constructor').waitFor();
        assert.equal(sent().length, 3);
      },
      'de-DE',
    );
  });

  test('is told with the wait, in the words of the server where the code is unknown, and when nobody answers', async (t) => {
    await onStage(t, async ({ page, open, answer, sent }) => {
      const wait = { headers: { 'retry-after': '30' } };
      const cases: readonly (readonly [Answer | 'no connection', string])[] = [
        [
          { ...problem(429, 'too-many-attempts'), ...wait },
          'There were too many attempts. Please try again in 30 seconds.',
        ],
        [
          { ...problem(503, 'mail-not-configured'), headers: { 'retry-after': '3600' } },
          'No mails are sent here. Please ask those who run this service.',
        ],
        [
          { ...problem(503, 'overloaded'), headers: { 'retry-after': '<b>' } },
          'The server has too much to do right now.',
        ],
        [problem(409, 'email-taken'), 'There is an account with this address already.'],
        [problem(418, 'teapot'), 'In the words of the server: teapot.'],
        [problem(418, 'constructor'), 'In the words of the server: constructor.'],
        [problem(418, 'x', { detail: '<img src=x onerror=alert(1)>' }), '<img src=x onerror=alert(1)>'],
        [{ status: 502, body: [] }, 'Something went wrong on our side.'],
        ['no connection', 'The server cannot be reached. Nothing is lost: try again in a moment.'],
      ];
      await open(`confirm-email#token=${token}`);
      for (const [given, said] of cases) {
        answer(given);
        await press(page);
        await page.locator('#alert', { hasText: said }).waitFor();
        assert.equal(await alertOf(page), said);
        assert.equal(await focused(page), 'alert');
        assert.equal(await visible(page, '#act button').innerText(), 'Confirm new address', 'it can be tried again');
      }
      assert.equal(sent().length, cases.length);
    });
  });

  test('as a link that is used up leads to a new mail where there is one, and to no button that cannot work', async (t) => {
    await onStage(t, async ({ page, open, answer, sent }) => {
      for (const action of actions) {
        await open(`${action}#token=${token}`);
        for (const field of await visible(page, '.field > input').all()) await field.fill(password);
        answer(problem(422, 'invalid-one-time-token'));
        await press(page);
        await page.locator('#alert:not(:empty)').waitFor();
        assert.match(await alertOf(page), /^This link or code is no longer good/);
        const asks = ['verify-email', 'reset-password', 'sign-in'].includes(action);
        assert.deepEqual([await visible(page, '#ask').count(), await visible(page, '#act').count()], [asks ? 1 : 0, 0]);
        assert.equal(sent().length, 1);
      }
    });
  });
});

describe('without a token', () => {
  test('one asks for the mail, and the page does not say whether there is an account', async (t) => {
    await onStage(t, async ({ page, open, answer, sent }) => {
      for (const [action, path] of [
        ['reset-password', '/password/forgot'],
        ['verify-email', '/email/verification'],
        ['sign-in', '/login/email'],
      ] as const) {
        await open(action);
        await page.fill('#email', ' ada@example.com ');
        answer({ status: 202 });
        await press(page);
        await visible(page, '#sent').waitFor();
        assert.match(await page.innerText('#sent'), /^If .* a mail is on its way/);
        assert.equal(await focused(page), 'sent');
        assert.deepEqual(sent(), [{ path, body: { email: 'ada@example.com' } }]);
      }
    });
  });

  test('one signs in by the code of the mail, however it is typed', async (t) => {
    await onStage(t, async ({ page, open, answer, sent }) => {
      await open('sign-in');
      await page.fill('#email', 'ada@example.com');
      answer({ status: 202 }, problem(422, 'invalid-one-time-token'), { status: 200 });
      await press(page);
      await page.fill('#code', '246 802');
      await press(page);
      await page.locator('#code[aria-invalid="true"]').waitFor();
      assert.match(await alertOf(page), /^This link or code is no longer good/);
      await page.fill('#code', '246-801');
      await press(page);
      await visible(page, '#done').waitFor();
      const path = '/login/email/verify';
      const email = 'ada@example.com';
      assert.deepEqual(sent().slice(1), [
        { path, body: { email, code: '246802' } },
        { path, body: { email, code: '246801' } },
      ]);
    });
  });

  test('the other pages say that the link is needed', async (t) => {
    await onStage(t, async ({ page, open }) => {
      for (const action of ['complete-sign-up', 'confirm-email', 'undo-email', 'accept-invitation']) {
        await open(action);
        await visible(page, '[data-view="lost"]').waitFor();
        assert.match(await page.innerText('main'), /needs the link from the mail/);
        assert.equal(await visible(page, 'button').count(), 0);
      }
    });
  });
});

test('attack: a fragment that is no token does nothing, is shown nowhere, and is gone', async (t) => {
  const fragments = [
    '#token=<img src=x onerror=alert(1)>',
    '#token=%3Cscript%3Ealert(1)%3C/script%3E',
    '#token=javascript:alert(1)',
    '#token=',
    `#token=${'x'.repeat(257)}`,
    `#token=${token}&next=https://evil.example`,
    '#act',
    '#__proto__',
    '#:~:text=Confirm',
    '#"><svg onload=alert(1)>',
  ];
  await onStage(t, async ({ page, open, url }) => {
    for (const fragment of fragments) {
      await open(`undo-email${fragment}`);
      await visible(page, '[data-view="lost"]').waitFor();
      assert.equal(page.url().startsWith(`${url}/mail/undo-email`), true);
      assert.equal(page.url().includes('token'), false, fragment);
      assert.equal(await page.locator('main img, main svg, main script').count(), 0);
    }
  });
});

test('attack: a link of somebody else that was sent on names its account before anything is done', async (t) => {
  await onStage(t, async ({ page, open, answer, sent, url }) => {
    await open('sign-in#token=mallory');
    await visible(page, '#whose').waitFor();
    assert.equal(await page.innerText('#whose'), 'The account is that of mallory@example.com');
    assert.deepEqual(sent(), []);
    await page.evaluate("location.hash = 'token=ada'");
    await page.waitForURL(`${url}/mail/sign-in`);
    await page.locator('#whose', { hasText: 'ada@example.com' }).waitFor();
    answer({ status: 200 });
    await press(page);
    await visible(page, '#done').waitFor();
    assert.deepEqual(sent(), [{ path: '/login/email/verify', body: { token: 'ada' } }]);
    await open('sign-in#token=gone');
    await visible(page, '#act').waitFor();
    assert.equal(await visible(page, '#whose').count(), 0);
  });
});

test('nothing can be pressed before the page knows whose the account is, or that it will not be told', async (t) => {
  const outcomes: Readonly<Record<string, (asked: Route) => Promise<void>>> = {
    'an account': (asked) => asked.fulfill(whose({ token })),
    'a fault of the server': (asked) => asked.fulfill({ status: 500, contentType: 'text/plain', body: 'no' }),
    'no JSON': (asked) => asked.fulfill({ status: 200, contentType: 'application/json', body: '<' }),
    'no connection': (asked) => asked.abort(),
  };
  await onStage(t, async ({ page, open, answer, sent }) => {
    for (const [outcome, goOn] of Object.entries(outcomes)) {
      const asked = Promise.withResolvers<Route>();
      await page.route(`**${whosePath}`, asked.resolve, { times: 1 });
      await open(`sign-in#token=${token}`);
      const question = await asked.promise;
      const button = visible(page, '#act button');
      assert.equal(await button.isDisabled(), true, outcome);
      await button.click({ force: true });
      assert.deepEqual(sent(), [], outcome);
      await goOn(question);
      answer({ status: 200 });
      await button.click();
      await visible(page, '#done').waitFor();
      assert.deepEqual(sent(), [{ path: '/login/email/verify', body: { token } }], outcome);
    }
  });
});

test('a second link in the same tab counts, and not the first', async (t) => {
  await onStage(t, async ({ page, open, answer, sent, url }) => {
    await open('undo-email#token=first');
    await page.evaluate("location.hash = 'token=second'");
    await page.waitForURL(`${url}/mail/undo-email`);
    answer({ status: 200 });
    await press(page);
    await visible(page, '#done').waitFor();
    assert.deepEqual(sent(), [{ path: '/email/undo', body: { token: 'second' } }]);
  });
});
