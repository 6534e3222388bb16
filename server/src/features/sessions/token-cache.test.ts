import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createTokenCache } from './token-cache.ts';

test('what was remembered for a token comes back for that token alone', () => {
  const cache = createTokenCache<string>();
  cache.set('token', 'hers');
  cache.set('tokeN', 'his');
  assert.equal(cache.get('token'), 'hers');
  assert.equal(cache.get('tokeN'), 'his');
  for (const other of ['toke', 'token ', 'Token', '', '__proto__', 'constructor'])
    assert.equal(cache.get(other), undefined);
});

test('however many tokens come, at most two generations are kept, and the newest are among them', () => {
  const cache = createTokenCache<number>(8);
  for (let place = 0; place < 1_000; place += 1) {
    cache.set(`token ${place}`, place);
    assert.equal(cache.get(`token ${place}`), place);
  }
  // The youngest first: asking for an older one may push others out, but cannot bring any back.
  const places = Array.from({ length: 1_000 }, (_, place) => 999 - place);
  const kept = places.filter((place) => cache.get(`token ${place}`) !== undefined);
  assert.ok(kept.length >= 8 && kept.length <= 16, String(kept));
  assert.deepEqual(kept.slice(0, 8), [999, 998, 997, 996, 995, 994, 993, 992]);
});

test('a token that is asked for stays, and one that nobody asks for goes', () => {
  const cache = createTokenCache<number>(4);
  cache.set('busy', 1);
  cache.set('idle', 2);
  for (let place = 0; place < 100; place += 1) {
    cache.set(`token ${place}`, place);
    assert.equal(cache.get('busy'), 1);
  }
  assert.equal(cache.get('idle'), undefined);
});

test('whatever is set and asked for, in whatever order, the answer is the latest or none', () => {
  const token = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
  const step = fc.record({ token, value: fc.option(fc.integer(), { nil: undefined }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const cache = createTokenCache<number>(2);
      const latest = new Map<string, number>();
      for (const { token, value } of steps) {
        if (value !== undefined) {
          cache.set(token, value);
          latest.set(token, value);
        }
        const found = cache.get(token);
        assert.ok(found === latest.get(token) || (value === undefined && found === undefined));
      }
    }),
  );
});
