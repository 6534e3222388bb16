import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTokenCache } from './token-cache.ts';

test('it never holds more than two generations, and what is asked for stays', () => {
  const cache = createTokenCache<number>(10);
  cache.set('in use', -1);
  for (let place = 0; place < 1_000; place += 1) {
    cache.set(`token ${place}`, place);
    assert.equal(cache.get('in use'), -1);
  }
  let held = 0;
  cache.sweep(() => {
    held += 1;
    return false;
  });
  assert.ok(held <= 20, String(held));
  assert.equal(cache.get('token 999'), 999);
  assert.equal(cache.get('token 1'), undefined);
});

test('what is deleted or swept away is gone from both generations', () => {
  const cache = createTokenCache<number>(2);
  for (let place = 0; place < 4; place += 1) cache.set(`token ${place}`, place);
  cache.delete('token 0');
  cache.delete('token 3');
  cache.sweep((value) => value === 1);
  assert.deepEqual(
    [0, 1, 2, 3].map((place) => cache.get(`token ${place}`)),
    [undefined, undefined, 2, undefined],
  );
});

test('names of members of objects are tokens like others', () => {
  const cache = createTokenCache<number>(2);
  for (const token of ['__proto__', 'constructor', 'toString']) assert.equal(cache.get(token), undefined);
});
