import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createBrand } from '../brand.ts';
import type { Letter } from '../letters.ts';
import { renderLetter } from '../render-letter.ts';
import { TemplatesRefused } from './overrides.ts';
import { sampleLetter } from './samples.ts';

const settings = { name: 'Acme', logoUrl: undefined, color: '#1f5fbf', support: undefined, language: 'en' } as const;

/** A brand with these files, by their paths. */
const brandWith = (files: Readonly<Record<string, string | Uint8Array | undefined>>) =>
  createBrand(
    settings,
    Object.entries(files).map(([path, content]) => ({
      path,
      content: typeof content === 'string' ? Buffer.from(content) : content,
    })),
  );

function render(files: Readonly<Record<string, string>>, data: object = {}, locale: 'en' | 'de' = 'en') {
  const sample = sampleLetter('reset-password');
  const letter = { ...sample, data: { ...sample.data, ...data } } as Letter;
  return renderLetter({ to: 'ada@example.com', locale, letter }, brandWith(files));
}

function faultsOf(files: Readonly<Record<string, string | Uint8Array | undefined>>): string[] {
  try {
    brandWith(files);
  } catch (error) {
    assert.ok(error instanceof TemplatesRefused);
    return error.message.split('\n').slice(1);
  }
  return assert.fail('it was taken');
}

describe('a file of the operator', () => {
  test('replaces the one part of the one letter in the one language that it names', () => {
    const ours = render({});
    const subject = render({ 'en/reset-password.subject.txt': '\ufeffNew password at {{ brand }}\r\n' });
    assert.deepEqual(subject, { ...ours, subject: 'New password at Acme', html: subject.html });
    assert.match(subject.html, /<title>New password at Acme<\/title>/);
    const text = render({ 'en/reset-password.txt': '{{username}}, {{life}}, {{support}}:\r\n{{link}}\r\n' });
    assert.equal(text.text, 'ada, 30 minutes, :\nhttps://auth.example.com/mail/action#token=sample-token\n');
    assert.deepEqual([text.subject, text.html], [ours.subject, ours.html]);
    const html = render({ 'en/reset-password.html': '<a href="{{link}}">{{username}}</a>' });
    assert.equal(html.html, '<a href="https://auth.example.com/mail/action#token=sample-token">ada</a>');
    assert.deepEqual([html.subject, html.text], [ours.subject, ours.text]);
    assert.deepEqual(render({ 'en/reset-password.txt': '{{link}}' }, {}, 'de'), render({}, {}, 'de'));
  });

  test('gets its values as values: escaped where it is HTML, and never read again', () => {
    const files = {
      'en/reset-password.subject.txt': 'for {{username}}',
      'en/reset-password.txt': '{{username}}\n{{link}}',
      'en/reset-password.html': '<a title="{{username}}" href="{{link}}">{{username}}</a>',
    };
    for (const username of [`<b>"&'`, '{{link}}', '{{ code }}', '$&', "$'", 'a\r\nb']) {
      const { subject, text, html } = render(files, { username });
      const line = username.replaceAll(/\s+/g, ' ');
      assert.equal(subject, `for ${line}`);
      assert.equal(text.split('\n')[0], line);
      assert.doesNotMatch(html, /<b>|title="<|title="""/);
      assert.equal(html.match(/<[^>]*>/g)?.length, 2);
      assert.equal(html.split('https://').length, 2, 'the link is there once');
    }
  });

  test('that has a fault keeps the server from starting, with all faults of all files by file and line', () => {
    assert.deepEqual(
      faultsOf({
        'en/reset-password.txt': 'Hello {{user}}\n{{link}}\n{{ new_email }}',
        'en/sign-in.txt': 'Hello {{username}}',
        'de/sign-in.html':
          '<p>\n<a href="{{username}}">{{link</a>\n<a href={{link}}>x</a>\n<script>1</script>\n<p onclick="x">',
        'fr/sign-in.subject.txt': 'one\ntwo',
        'en/sign-in.subject.txt': ' \n',
        'README.md': 'x',
        'en/sign_in.txt': '{{link}}',
        'es/sign-in.txt': '{{link}}',
        'en/sign-in.md': '{{link}}',
        'en/invitation.txt': Buffer.from([0xff, 0xfe]),
        'en/invitation.html': undefined,
      }),
      [
        '  en/reset-password.txt:1 {{user}} is unknown here; there are brand, support, username, link, life',
        '  en/reset-password.txt:3 {{new_email}} is unknown here; there are brand, support, username, link, life',
        '  en/sign-in.txt must hold {{link}}: without it the mail is of no use',
        '  de/sign-in.html:2 has {{ without }} on the same line',
        '  de/sign-in.html:2 may have only {{link}} in href or src',
        '  de/sign-in.html:3 must have quotes around a placeholder in an attribute',
        '  de/sign-in.html:4 must hold no script: no mail program runs it',
        '  de/sign-in.html:5 must hold no script: no mail program runs it',
        '  fr/sign-in.subject.txt must be one line of text',
        '  en/sign-in.subject.txt must be one line of text',
        '  README.md has no known name: <language>/<template>.subject.txt, .txt or .html',
        '  en/sign_in.txt is for an unknown template; there are verify-email, complete-sign-up, sign-up-taken, reset-password, sign-in, confirm-email, email-change-asked, email-changed, email-replaced, email-set, email-undone, invitation, new-device, password-removed, password-changed, sessions-ended, session-stolen',
        '  es/sign-in.txt is for an unknown language; there are en, de, fr',
        '  en/sign-in.md has no known name: <language>/<template>.subject.txt, .txt or .html',
        '  en/invitation.txt must be a file of UTF-8 text, of 200 KiB at most',
        '  en/invitation.html must be a file of UTF-8 text, of 200 KiB at most',
      ],
    );
  });
});
