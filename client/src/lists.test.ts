import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLists, isRevoked, markRevoked, merge, refuseRevoked } from './lists.ts';

const list = (at = 0) => createLists().at('https://id.example/status/lists/0', at);

test('a fetch and the feed are merged by OR, in either order: a revocation is never taken back', () => {
  const [one, other] = [list(), list()];
  const read = { bits: Uint8Array.of(0b0000_0010, 0), issuedAt: 0, ttl: 30 };
  markRevoked(one, [9]);
  merge(one, read);
  merge(other, read);
  markRevoked(other, [9]);
  merge(other, { ...read, bits: Uint8Array.of(0, 0) });
  for (const { bits } of [one, other]) assert.deepEqual(bits.slice(0, 2), Uint8Array.of(2, 2));
});

test('a place beyond the list that was fetched is refused, revoked or not', () => {
  const short = list();
  merge(short, { bits: Uint8Array.of(0), issuedAt: 0, ttl: 30 });
  refuseRevoked(short, 7);
  assert.throws(() => refuseRevoked(short, 8), { code: 'no-status' });
  assert.throws(() => refuseRevoked(short, Number.MAX_SAFE_INTEGER), { code: 'no-status' });
});

test('places without end take no memory without end', () => {
  const long = list();
  markRevoked(long, [0, 1_048_575, 1_048_576, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER]);
  assert.equal(long.bits.length, 131_072);
  assert.ok(isRevoked(long, 0) && isRevoked(long, 1_048_575));
  assert.ok(!isRevoked(long, 1) && !isRevoked(long, 2 ** 31));
});

test('however many lists are named, 512 are kept, those that were used last', () => {
  const lists = createLists();
  const first = lists.at('list 0', 1_000_000);
  for (let place = 1; place < 2_000; place += 1) lists.at(`list ${place}`, place);
  assert.equal(lists.all().length, 512);
  assert.equal(lists.at('list 0', 0), first);
  assert.equal(first.retired, false);
  assert.ok(lists.retiredAt() > 0);
});
