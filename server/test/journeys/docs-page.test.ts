import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inBrowser } from '../support/browser.ts';
import { createClient } from '../support/client.ts';
import { startServer } from '../support/server.ts';

test('the Authorize dialog of /docs signs in through /token, and a call then carries the token, in a real browser', async (t) => {
  await using server = await startServer();
  const json = { username: 'ada', email: 'ada@example.com', password: 'correct horse battery' };
  await createClient(server.url)('POST', '/signup', { json });
  await inBrowser(
    t,
    async (page) => {
      await page.goto(`${server.url}/docs`);
      await page.click('button.authorize');
      const form = page.locator('.auth-container').first();
      await form.locator('#oauth_username').fill('ada@example.com');
      await form.locator('#oauth_password').fill(json.password);
      await form.locator('button.authorize').click();
      await form.locator('button:has-text("Logout")').waitFor();
      await page.click('button.btn-done');
      const operation = page.locator('#operations-Users-getCurrentUser');
      await operation.locator('button.opblock-summary-control').click();
      await operation.locator('button.try-out__btn').click();
      await operation.locator('button.execute').click();
      const body = operation.locator('.live-responses-table .highlight-code').first();
      await body.waitFor();
      assert.match(await body.innerText(), /"username": "ada"/);
    },
    server.url,
  );
});

test('/redoc shows every operation without a script, in a real browser', async (t) => {
  await using server = await startServer();
  const paths = Object.keys((await createClient(server.url)('GET', '/openapi.json')).body.paths);
  await inBrowser(
    t,
    async (page) => {
      await page.goto(`${server.url}/redoc`);
      const text = await page.innerText('body');
      for (const path of paths) assert.ok(text.includes(path), path);
      assert.equal(await page.locator('script').count(), 0);
    },
    server.url,
  );
});
