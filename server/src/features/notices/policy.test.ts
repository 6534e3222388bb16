import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { deviceName } from './policy.ts';

test('a user agent becomes browser and system', () => {
  const said = {
    'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0': 'Firefox, Linux',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0':
      'Edge, Windows',
    'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36':
      'Chrome, Android',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 15_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15':
      'Safari, macOS',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1':
      'Chrome, iPhone',
    'curl/8.14.1': 'curl',
    'Mozilla/5.0 (X11; Linux x86_64)': 'Linux',
    'Call +1 555 0100 at once': '',
    '': '',
  };
  for (const [userAgent, device] of Object.entries(said)) assert.equal(deviceName(userAgent), device);
});

test('an attack by a user agent that speaks to the reader: none of its words gets into a mail', () => {
  const known =
    /^((Edge|Opera|Samsung Internet|Firefox|Chrom(e|ium)|Safari|curl)?(, )?(Android|iPhone|iPad|ChromeOS|Windows|macOS|Linux)?)$/;
  fc.assert(fc.property(fc.string(), (text) => known.test(deviceName(text))));
  assert.match(deviceName('Firefox/1 visit https://evil.example Windows'), known);
});
