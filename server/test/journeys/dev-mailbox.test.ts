import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { inBrowser } from '../support/browser.ts';
import { createClient } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';

const hostile = 'ada"><script>document.title = "owned"</script>';

async function post(server: TestServer, to: string, username = 'ada'): Promise<void> {
  const link = `${server.url}/livez#token=q3Jv0s9TtY5b7mB1kQxZ2A`;
  const letter = { template: 'reset-password', data: { username, link, code: '123456', minutes: 30 } } as const;
  const { mail } = server.features;
  const reader = { id: undefined, email: to, locale: 'en' };
  await server.db.transact((tx) => mail.postTo(tx, reader, letter, { lifeSeconds: 600 }));
  server.clock.advance(1_000);
}

const newest = async ({ features }: TestServer) => {
  const [mail] = (await features.mail.mailbox?.list()) ?? [];
  assert.ok(mail);
  return mail;
};

/** One request over a socket, with headers that `fetch` would not send. */
async function ask({ url }: TestServer, path: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const lines = Object.entries({ connection: 'close', ...headers }).map(([name, value]) => `${name}: ${value}`);
  socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
  return Number((await text(socket)).split(' ')[1]);
}

test('/dev/mail lists what was posted, the newest first, and shows each as HTML, as text and as a message', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  assert.match((await call('GET', '/dev/mail')).body, /There is no mail yet/);
  await post(server, 'ada@example.com');
  await post(server, 'bea@example.com');
  const { body } = await call('GET', '/dev/mail');
  assert.ok(body.indexOf('bea@example.com') < body.indexOf('ada@example.com'));
  assert.match(body, /<meta http-equiv="refresh"/);
  const { id } = await newest(server);
  const source = await call('GET', `/dev/mail/${id}/source`);
  assert.equal(source.headers.get('content-type'), 'text/plain; charset=utf-8');
  assert.match(source.body, /^To: bea@example\.com\r\n/m);
  assert.match(source.body, new RegExp(`^Idempotency-Key: ${id}\r\n`, 'm'));
  assert.equal((await call('GET', '/dev/mail/another')).status, 404);
});

test('a mail of a transaction that is rolled back is not there', async () => {
  await using server = await startServer();
  const failing = server.db.transact(async (tx) => {
    const letter = { template: 'invitation', data: { username: 'ada', link: 'http://x/', days: 1 } } as const;
    const reader = { id: undefined, email: 'ada@example.com', locale: 'en' };
    await server.features.mail.postTo(tx, reader, letter, { lifeSeconds: 60 });
    throw new Error('no');
  });
  await assert.rejects(failing, /^Error: no$/);
  assert.deepEqual(await server.features.mail.mailbox?.list(), []);
});

describe('the mailbox is for this machine alone', () => {
  const paths = async (server: TestServer) => {
    await post(server, 'ada@example.com');
    const { id } = await newest(server);
    return ['/dev/mail', `/dev/mail/${id}`, `/dev/mail/${id}/html`, `/dev/mail/${id}/source`];
  };

  const attacks: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'a name elsewhere that was made to lead here (DNS rebinding)': { host: 'evil.example:8000' },
    'a name that begins like this machine': { host: 'localhost.evil.example' },
    'an address of the network': { host: '192.168.0.7:8000' },
    'no name': { host: '' },
    'a page of another origin that calls': { host: 'localhost', origin: 'https://evil.example' },
    'a proxy or tunnel on this machine': { host: 'localhost', 'x-forwarded-for': '203.0.113.9' },
    'one that says it is this machine': { host: 'localhost', 'x-forwarded-for': '127.0.0.1' },
    'a proxy by RFC 7239': { host: 'localhost', forwarded: 'for=203.0.113.9' },
    'a proxy that only names itself': { host: 'localhost', via: '1.1 tunnel' },
  };
  for (const [who, headers] of Object.entries(attacks)) {
    test(`${who} finds nothing`, async () => {
      await using server = await startServer();
      for (const path of await paths(server)) assert.ok([404, 400].includes(await ask(server, path, headers)), path);
    });
  }

  for (const host of ['localhost', 'localhost:8000', '127.0.0.1:8000', '[::1]:8000', 'keyward.localhost:8000']) {
    test(`${host} is this machine`, async () => {
      await using server = await startServer();
      for (const path of await paths(server)) assert.equal(await ask(server, path, { host }), 200, path);
    });
  }

  test('a header never makes a peer local, whatever TRUST_PROXY trusts', async () => {
    await using server = await startServer({ env: { TRUST_PROXY: '1' } });
    const headers = { host: 'localhost', 'x-forwarded-for': '127.0.0.1' };
    for (const path of await paths(server)) assert.equal(await ask(server, path, headers), 404, path);
  });

  for (const [where, env] of Object.entries({
    'in production': { NODE_ENV: 'production', SECRET_KEY: 'x'.repeat(32), PUBLIC_URL: 'https://auth.example.com' },
    'with SMTP': { SMTP_URL: 'smtp://127.0.0.1:9', MAIL_FROM: 'a@example.com' },
    'where it is turned off': { DEV_MAILBOX: 'off' },
  })) {
    test(`${where} there is none: not even another method is named`, async () => {
      await using server = await startServer({ env });
      const call = createClient(server.url);
      for (const path of ['/dev/mail', '/dev/mail/x', '/dev/mail/x/html', '/dev/mail/x/source']) {
        for (const method of ['GET', 'POST']) assert.equal((await call(method, path)).status, 404, `${method} ${path}`);
      }
    });
  }
});

describe('what a mail brings along is shut in', () => {
  test('no page runs a script; the mail itself is in a sandbox with a policy of its own', async () => {
    await using server = await startServer();
    const call = createClient(server.url);
    await post(server, 'ada@example.com', hostile);
    const { id } = await newest(server);
    for (const path of ['/dev/mail', `/dev/mail/${id}`]) {
      const { headers, body } = await call('GET', path);
      const policy = headers.get('content-security-policy') ?? '';
      assert.match(
        policy,
        /^default-src 'none'; style-src 'sha256-[\w+/=]+'; frame-src 'self';.*frame-ancestors 'none'$/,
      );
      assert.doesNotMatch(body, /<script/);
    }
    const { headers, body } = await call('GET', `/dev/mail/${id}/html`);
    assert.match(headers.get('content-security-policy') ?? '', /^sandbox allow-popups [^;]*; default-src 'none';/);
    assert.doesNotMatch(headers.get('content-security-policy') ?? '', /allow-scripts|allow-same-origin/);
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.doesNotMatch(body, /<script/);
  });

  test('in a real browser a mail is found, read, and its link opened', async (t) => {
    await using server = await startServer();
    await inBrowser(
      t,
      async (page) => {
        await page.goto(`${server.url}/dev/mail`);
        await post(server, 'ada@example.com', hostile);
        // The page finds it by itself.
        await page.locator('td:has-text("ada@example.com")').waitFor();
        // Not by a click: it could meet the moment in which the page looks for new mails.
        await page.goto(new URL((await page.getAttribute('table a', 'href')) ?? '', page.url()).href);
        assert.match(await page.innerText('pre'), /A new password was asked for/);
        const frame = page.frameLocator('iframe');
        await frame.locator('a').first().waitFor();
        const windows = page.context();
        const [opened] = await Promise.all([windows.waitForEvent('page'), frame.locator('a').first().click()]);
        await opened.waitForURL(/\/livez#token=q3Jv0s9TtY5b7mB1kQxZ2A$/);
        // By key: Chromium may still take a click behind a frame that was scrolled away for one into it.
        const [again] = await Promise.all([windows.waitForEvent('page'), page.press('pre a', 'Enter')]);
        await again.waitForURL(/\/livez#token=/);
        assert.doesNotMatch(await page.title(), /owned/);
        await page.press('text=Source', 'Enter');
        await page.waitForURL(/\/source$/);
        assert.match(await page.innerText('body'), /Auto-Submitted: auto-generated/);
      },
      server.url,
    );
  });
});
