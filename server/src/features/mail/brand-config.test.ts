import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SettingError } from '../../config/setting.ts';
import { brandSettings } from './brand-config.ts';

const { name, logoUrl, color, support, language } = brandSettings.settings;

const refuses = (setting: { parse: (text: string) => unknown }, ...wrong: readonly string[]): void => {
  for (const text of wrong) assert.throws(() => setting.parse(text), SettingError, text);
};

test('a name is one line that can be seen', () => {
  assert.equal(name.parse(' Café <Nord> '), 'Café <Nord>');
  refuses(name, ' ', 'a\nb', 'a\u0000b', 'a\u202eb', 'a\u2028b', 'a\u200bb', 'x'.repeat(61));
});

test('a logo is a whole https address without a secret', () => {
  assert.equal(logoUrl.parse('https://x.example/a.png?v=1'), 'https://x.example/a.png?v=1');
  refuses(logoUrl, 'http://x.example/a.png', 'javascript:alert(1)', 'data:image/png;base64,AA', '//x.example/a.png');
  refuses(logoUrl, 'https://u:p@x.example/a.png', 'https://x.example/"onload="x', 'https://x.example/a b', 'x');
});

test('a colour is six hexadecimal digits', () => {
  assert.equal(color.parse(' #AABB01 '), '#aabb01');
  refuses(color, 'red', '#abc', '#aabbcc;', 'aabbcc', '#aabbccdd', 'url(x)');
});

test('support is an address of mail or of the web', () => {
  assert.deepEqual(support.parse('help+me@x.example'), { text: 'help+me@x.example', href: 'mailto:help+me@x.example' });
  assert.deepEqual(support.parse('https://x.example'), { text: 'https://x.example/', href: 'https://x.example/' });
  refuses(support, 'x', 'a@b@c', 'a@x.example?subject=x', 'a b@x.example', 'a%0a@x.example', 'javascript:alert(1)');
  refuses(support, 'http://x.example', 'javascript://x', 'a"@x.example', '@x.example');
});

test('the language is one that we have', () => {
  assert.equal(language.parse('DE'), 'de');
  refuses(language, 'es', 'de-CH');
});
