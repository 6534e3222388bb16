import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Brand } from '../mail/index.ts';
import { checkPassword } from '../passwords/policy.ts';
import { createPreparePassword } from '../passwords/prepare-password.ts';
import { linkActions } from './flows.ts';
import { languages } from './languages.ts';
import { linkPage } from './link-page.ts';
import { scriptTexts } from './script-texts.ts';

const lengths = { minLength: 8, maxLength: 64 };

const brand: Brand = {
  name: `</script><script>alert(1)</script><!--"'&`,
  logoUrl: undefined,
  color: '#1f5fbf',
  support: { text: 'a&b@x.example', href: 'mailto:a&b@x.example' },
  language: 'en',
  overrides: { fill: () => undefined },
};

test('a brand out of the worst that its settings take is text on every page', () => {
  for (const locale of ['en', 'de', 'fr'] as const) {
    for (const action of linkActions) {
      const { markup } = linkPage(action, locale, brand, lengths);
      assert.equal(markup.match(/<script/g)?.length, 2, 'the texts and the script');
      assert.equal(markup.match(/<\/script/g)?.length, 2);
      assert.match(markup, /<p class="brand">&lt;\/script&gt;&lt;script&gt;alert\(1\)/);
      assert.match(markup, /<a href="mailto:a&amp;b@x\.example">a&amp;b@x\.example<\/a>/);
      assert.doesNotMatch(markup.replace(/<script>[\s\S]*/, ''), /undefined|https?:/);
    }
  }
});

test('every sentence of the server on a new password is known in each language', async () => {
  const names = { username: 'ada', email: 'ada@example.com' };
  const reasons = ['short', 'x'.repeat(65), 'password', 'ada2024!'].flatMap((it) => checkPassword(it, lengths, names));
  const hasher = {} as Parameters<typeof createPreparePassword>[0]['hasher'];
  const breachedPasswords = { has: async () => true };
  const breaches = await createPreparePassword({ hasher, limits: lengths, breachedPasswords }).checkBreaches('x');
  const sentences = new Set([...reasons, ...breaches.map(({ detail }) => detail)]);
  for (const language of Object.values(languages)) {
    const { details } = scriptTexts(language, lengths);
    assert.deepEqual(
      [...sentences].filter((it) => details[it as keyof typeof details] === undefined),
      [],
    );
    assert.equal(Object.keys(details).length, sentences.size, 'and none that the server does not say');
    assert.doesNotMatch(Object.values(details).join(), /%/);
  }
});
