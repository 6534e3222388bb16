import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Brand, createBrand } from './brand.ts';
import { type Letter, type Locale, locales } from './letters.ts';
import { type RenderedLetter, renderLetter } from './render-letter.ts';
import { sampleLetter, templates } from './templates/samples.ts';

const settings = { name: 'Acme', logoUrl: undefined, color: '#1f5fbf', support: undefined, language: 'en' } as const;
const brand = createBrand(settings);

const everyLetter = locales.flatMap((locale) => templates.map((template) => ({ locale, template })));

type Place = (typeof everyLetter)[number];

/** A sample with some of its data replaced. */
function render(
  { locale, template }: Place,
  data: object = {},
  by: Brand = brand,
  to = 'ada@example.com',
): RenderedLetter {
  const sample = sampleLetter(template);
  return renderLetter({ to, locale, letter: { ...sample, data: { ...sample.data, ...data } } as Letter }, by);
}

const linkOf = ({ template }: Place): string => {
  const { link, resetLink, undoLink } = sampleLetter(template).data as Partial<
    Record<'link' | 'resetLink' | 'undoLink', string>
  >;
  return link ?? resetLink ?? undoLink ?? assert.fail(`${template} has no link`);
};

const tagsOf = (html: string): string[] => html.match(/<[^>]*>/g) ?? [];

/** What a reader sees of HTML. */
const seen = (html: string): string =>
  html
    .replaceAll(/<style>[\s\S]*?<\/style>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(
      /&(#39|lt|gt|quot|amp);/g,
      (_, name: string) => ({ '#39': "'", lt: '<', gt: '>', quot: '"' })[name] ?? '&',
    )
    .replaceAll(/\s+/g, ' ');

const codePoint = fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code));
const hostile = fc
  .array(
    fc.oneof(
      codePoint,
      fc.constantFrom(
        '<script>alert(1)</script>',
        '"><img src=x onerror=alert(1)>',
        "' onclick='x",
        '\r\nBcc: eve@evil.example\r\n\r\n',
        '\u202e\u2066\u200f',
        '\u2028\u2029\u0085',
        '{{link}}',
        '{{ code }}',
        '$&$1',
        '\ud800',
        '&lt;',
        '-->',
        'https://evil.example/',
      ),
    ),
    { maxLength: 400 },
  )
  .map((parts) => parts.join(''));

describe('every letter in every language', () => {
  test('is a subject of one line, a text and a page that hold the link, and says why one gets it', () => {
    for (const place of everyLetter) {
      const { subject, text, html } = render(place);
      assert.match(subject, /^Acme\u00a0?: \S.{3,}$/u, subject);
      assert.ok(subject.length <= 78, `${subject.length} signs: ${subject}`);
      assert.ok(text.split('\n').includes(linkOf(place)), 'the link has a line of its own');
      const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
      assert.deepEqual(links, [linkOf(place), linkOf(place)], 'the button, and the address to copy');
      assert.match(text, /\n-- \n\S.*(?:mail|Mail|e-mail)[\s\S]*\S\n$/);
      assert.match(seen(html), /Hello ada,|Guten Tag ada,|Bonjour ada,/);
    }
  });

  test('says in the text what it says on the page', () => {
    for (const place of everyLetter) {
      const { text, html } = render(place);
      const page = seen(html);
      for (const line of text.split(/\s*\n\s*/))
        if (line !== '' && line !== '--')
          assert.ok(page.includes(line.replace(/\u00a0?:$/, '').replaceAll(/\s+/g, ' ')), line);
    }
  });

  test('differs from the same letter in another language, and from every other letter', () => {
    const subjects = everyLetter.map((place) => render(place).subject);
    assert.equal(new Set(subjects).size, everyLetter.length);
  });

  test('shows code, time, place and device where it has them', () => {
    for (const place of everyLetter) {
      const { data } = sampleLetter(place.template);
      const { text, html } = render(place);
      const both = [text, seen(html)];
      for (const page of both) {
        assert.equal(page.includes('246801'), 'code' in data && data.code !== undefined);
        assert.equal(page.includes('192.0.2.7'), 'ip' in data);
        assert.equal(/31\.? (?:January|Januar|janvier) 2026 \S+ 14:05/.test(page), 'at' in data);
        assert.equal(/Firefox (?:on|auf|sur) Linux/.test(page), 'device' in data);
        assert.equal(page.includes('ada@new.example.com'), 'newEmail' in data);
      }
    }
  });

  test('has no place for a code that there is none of', () => {
    for (const place of everyLetter.filter(({ template }) => 'code' in sampleLetter(template).data)) {
      const { text, html } = render(place, { code: undefined });
      assert.doesNotMatch(`${text}${html}`, /undefined|letter-spacing/);
      const shown = render(place, { code: '135790' });
      for (const page of [shown.text, shown.html]) assert.match(page, /135790/);
    }
  });

  test('says its language, knows dark mode, and loads nothing', () => {
    for (const place of everyLetter) {
      const { html } = render(place);
      assert.match(html, /^<!doctype html>\n<html lang="(?:en-GB|de-DE|fr-FR)">/);
      assert.match(html, /<meta name="color-scheme" content="light dark">/);
      assert.match(html, /@media \(prefers-color-scheme: dark\)/);
      assert.doesNotMatch(html, /<(?:script|img|link|table|iframe|form)|url\(|@import/);
    }
  });

  test('stays what it is, whatever stands in its values', () => {
    const place = fc.constantFrom(...everyLetter);
    fc.assert(
      fc.property(
        place,
        fc.record({ username: hostile, newEmail: hostile, device: hostile, ip: hostile, code: hostile, to: hostile }),
        (it, values) => {
          const { to, ...data } = values;
          const known = Object.keys(sampleLetter(it.template).data);
          const own = Object.fromEntries(Object.entries(data).filter(([name]) => known.includes(name)));
          const letter = render(it, own, brand, to);
          // The same tags as the honest letter: no value has become markup, or left an attribute.
          const hasCode = letter.html.includes('letter-spacing');
          const honest = render(it, 'code' in own ? { code: hasCode ? '246801' : undefined } : {});
          assert.deepEqual(tagsOf(letter.html), tagsOf(honest.html));
          assert.equal(letter.subject, honest.subject);
          assert.doesNotMatch(
            letter.text.replaceAll('\n', ''),
            /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\u200e\u200f]/u,
          );
          assert.doesNotMatch(
            letter.html.replaceAll('\n', ''),
            /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\u200e\u200f]/u,
          );
          assert.ok(letter.text.isWellFormed() && letter.html.isWellFormed());
          // Only the one link is on a line of its own, so nothing was put in its place.
          assert.ok(letter.text.split('\n').includes(linkOf(it)));
          assertLines(letter);
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** RFC 5322 §2.1.1: 998 octets without the line break. HTML is encoded for its way in any case. */
function assertLines({ subject, text }: RenderedLetter): void {
  const longest = Math.max(...`${subject}\n${text}`.split('\n').map((line) => Buffer.byteLength(line)));
  assert.ok(longest <= 998, `a line of ${longest} octets`);
}

describe('attack', () => {
  test('a username that is a message is not spoken to the owner of the address that it was given with', () => {
    const names = [
      'Win at https://evil.example',
      'evil.example',
      'www.evil',
      'call evil．example',
      'a '.repeat(21),
      'x://y',
      'Call 0900 123 456 or lose',
      'evil: you have won a prize',
      'You have won an evil prize',
      '',
    ];
    for (const username of names) {
      const { text, html } = render({ locale: 'en', template: 'verify-email' }, { username });
      assert.match(text, /^Hello ada@example\.com,\n/);
      assert.doesNotMatch(`${text}${html}`, /evil|x:\/\/y/);
    }
    assert.match(
      render({ locale: 'en', template: 'verify-email' }, { username: 'Ada L. 😀' }).text,
      /^Hello Ada L\. 😀,\n/,
    );
  });

  test('a user agent that is a message is told in words of ours', () => {
    const device = 'Firefox/1 (visit https://evil.example) Windows';
    const { text, html } = render({ locale: 'fr', template: 'sign-in' }, { device });
    assert.match(text, /Firefox sur Windows/);
    assert.doesNotMatch(`${text}${html}`, /evil/);
    assert.match(render({ locale: 'de', template: 'sign-in' }, { device: 'curl/8' }).text, /Gerät: +unbekannt\n/);
    assert.match(render({ locale: 'en', template: 'sign-in' }, { device: 'x Android' }).text, /Device: +Android\n/);
    assert.match(render({ locale: 'en', template: 'sign-in' }, { ip: 'evil' }).text, /From: +–\n/);
  });

  test('a brand out of the worst that its settings take stays text', () => {
    const by = createBrand({
      ...settings,
      name: `<b>"A & B's"</b>`,
      logoUrl: 'https://x.example/a?b=1&c=%22',
      support: { text: 'https://x.example/?a=1&b=2', href: 'https://x.example/?a=1&b=2' },
    });
    for (const place of everyLetter) {
      const { html, text, subject } = render(place, {}, by);
      assert.doesNotMatch(html, /<b>|&b=2|"A &/);
      assert.match(
        html,
        /<img src="https:\/\/x\.example\/a\?b=1&amp;c=%22" alt="&lt;b&gt;&quot;A &amp; B&#39;s&quot;&lt;\/b&gt;"/,
      );
      assert.ok(subject.startsWith(by.name));
      assert.ok(text.endsWith('https://x.example/?a=1&b=2\n'));
    }
  });
});

test('lives are told in the largest unit that leaves nothing over', () => {
  const life = (minutes: number, locale: Locale = 'en') =>
    render({ locale, template: 'reset-password' }, { minutes }).text;
  assert.match(life(30), /You have 30 minutes to/);
  assert.match(life(60), /You have 60 minutes to/);
  assert.match(life(1_440), /You have 24 hours to/);
  assert.match(life(2_880, 'de'), /2 Tage Zeit/);
  assert.match(life(90, 'fr'), /Vous avez 90[\s\u00a0]minutes pour/);
});
