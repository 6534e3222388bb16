import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Where Debian and others put it; a browser is too large to be a dependency. */
const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const quiet = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];

/**
 * Tells a story in a real browser, which must ask no other host for anything, and find nothing that the policy of a page refuses.
 *
 * @param story gets a page, and what was asked of other hosts
 */
export async function inBrowser(
  t: TestContext,
  story: (page: Page, foreign: string[]) => Promise<void>,
  origin: string,
) {
  if (browserPath === undefined) {
    t.skip('NOT RUN: no Chromium on this machine (Debian: apt-get install chromium)');
    return;
  }
  const browser = await chromium.launch({ executablePath: browserPath, args: quiet });
  try {
    const page = await browser.newPage();
    const foreign: string[] = [];
    page.context().on('request', (request) => {
      if (!request.url().startsWith(origin) && !request.url().startsWith('data:')) foreign.push(request.url());
    });
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await story(page, foreign);
    assert.deepEqual(foreign, [], 'no asset comes from another host');
    assert.deepEqual(problems, [], 'nothing is refused by the policy of the page, nothing fails');
  } finally {
    await browser.close();
  }
}

/** One in a context of its own: another person, or one for whom something is different. `inBrowser` does not watch it. */
export async function newPage(beside: Page, options: BrowserContextOptions = {}): Promise<Page> {
  const browser = beside.context().browser() ?? assert.fail('no browser');
  return await (await browser.newContext(options)).newPage();
}
