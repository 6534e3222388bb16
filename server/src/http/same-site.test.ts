import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { crossSiteRequest } from './refusals.ts';
import { assertSameSite, type RequestHeaders } from './same-site.ts';

const home = 'https://id.example.com';
const app = 'https://app.example.com';
const evil = 'https://evil.test';
const rule = { allowedOrigins: new Set([home, app]) };

const fetched = (site: string, more: RequestHeaders = {}): RequestHeaders => ({
  'sec-fetch-site': site,
  'sec-fetch-mode': 'cors',
  'sec-fetch-dest': 'empty',
  ...more,
});

describe('assertSameSite', () => {
  const passing: readonly (readonly [who: string, headers: RequestHeaders])[] = [
    ['curl, which sends none of these headers', { cookie: 'refresh_token=x' }],
    ['a GET by a script of our own page', fetched('same-origin', { 'sec-fetch-mode': 'same-origin' })],
    ['a POST by a script of our own page', fetched('same-origin', { origin: home })],
    ['a script of a listed origin of the same site', fetched('same-site', { origin: app })],
    ['a script of a listed origin of another site', fetched('cross-site', { origin: app })],
    ['an old browser that sends only Origin', { origin: app }],
  ];
  for (const [who, headers] of passing) {
    test(`lets through ${who}`, () => assert.doesNotThrow(() => assertSameSite(headers, rule)));
  }

  const refused: readonly (readonly [attack: string, headers: RequestHeaders])[] = [
    ['a script of another site', fetched('cross-site', { origin: evil })],
    ['a script of a sibling domain that is not listed', fetched('same-site', { origin: 'https://blog.example.com' })],
    ['a cross-site GET that hides its origin', fetched('cross-site')],
    ['a same-site GET that names no origin', fetched('same-site')],
    ['a request typed into the address bar', fetched('none')],
    ['a bookmark', fetched('none', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' })],
    ['a link on our own page', fetched('same-origin', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' })],
    ['a form of our own page', fetched('same-origin', { origin: home, 'sec-fetch-mode': 'navigate' })],
    ['a frame', fetched('same-origin', { 'sec-fetch-dest': 'iframe' })],
    ['an image of our own page', fetched('same-origin', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' })],
    ['a script element', fetched('same-origin', { 'sec-fetch-dest': 'script' })],
    ['a WebSocket', fetched('same-origin', { 'sec-fetch-mode': 'websocket', 'sec-fetch-dest': 'websocket' })],
    ['a prefetch', fetched('same-origin', { 'sec-purpose': 'prefetch;prerender' })],
    ['a prefetch of an old Chrome', fetched('same-origin', { purpose: 'prefetch' })],
    ['a prefetch of an old Firefox', { 'x-moz': 'prefetch' }],
    ['an old browser with a foreign Origin', { origin: evil }],
    ['a sandboxed frame', { origin: 'null' }],
    ['a sandboxed frame that claims to be ours', fetched('same-origin', { origin: 'null' })],
    ['a foreign Origin that claims to be ours', fetched('same-origin', { origin: evil })],
    ['an origin that only begins like a listed one', fetched('cross-site', { origin: `${app}.evil.test` })],
    ['a listed origin in another scheme', fetched('cross-site', { origin: 'http://app.example.com' })],
    ['an empty Origin', { origin: '' }],
    ['an unknown value', fetched('sideways', { origin: app })],
    ['a header sent twice', fetched('same-origin, cross-site')],
    ['two origins', fetched('cross-site', { origin: `${app}, ${evil}` })],
  ];
  for (const [attack, headers] of refused) {
    test(`refuses ${attack}`, () => assert.throws(() => assertSameSite(headers, rule), { refusal: crossSiteRequest }));
  }
});
