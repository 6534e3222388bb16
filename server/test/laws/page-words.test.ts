/** What the pages behind links can be answered, they can say in each language. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeApi } from '../../src/app/describe-api.ts';
import { outages } from '../../src/app/problem-pages.ts';
import { flows } from '../../src/features/pages/flows.ts';
import { languages } from '../../src/features/pages/languages.ts';
import { refusalsOf } from '../../src/http/declared.ts';
import { crossSiteRequest, edgeRefusals } from '../../src/http/refusals.ts';
import type { Refusal } from '../../src/kernel/errors.ts';
import { validationFailed } from '../../src/kernel/invalid.ts';
import { tooManyAttempts } from '../../src/kernel/too-many-attempts.ts';

const { routes } = await describeApi();

const posted = [
  ...new Set(Object.values(flows).flatMap(({ endpoint, askEndpoint }) => [endpoint, askEndpoint ?? endpoint])),
].map((address) => address.replace(/^\.\./, ''));

/** Of a request that no page makes: it sends well-formed JSON and no access token. */
const ofPages: readonly Refusal[] = [validationFailed, crossSiteRequest, tooManyAttempts];
const notOfPages = new Set(edgeRefusals.filter((it) => !ofPages.includes(it)).map(({ code }) => code));

test('every refusal of an endpoint that a page posts to has words of its own in each language, and no other has', () => {
  const refusals = posted.flatMap((address) => {
    const route = routes.find(({ method, url }) => method === 'POST' && url === address);
    return refusalsOf(route ?? assert.fail(`no POST ${address}`));
  });
  const codes = [...refusals, ...outages].map(({ code }) => code).filter((code) => !notOfPages.has(code));
  const needed = [...new Set([...codes, 'internal-error'])].sort();
  for (const [locale, language] of Object.entries(languages)) {
    assert.deepEqual(Object.keys(language.codes).sort(), needed, locale);
    assert.ok(Object.values(language.codes).every((words) => words.trim() !== ''));
  }
});
