import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusedWith } from '../../../test/support/store-contract.ts';
import { tooManySubscribers } from './errors.ts';
import { createPlaces } from './places.ts';

const isFull = refusedWith(tooManySubscribers);

test('there are as many places as are said, and one that is given back is free', () => {
  const places = createPlaces(3);
  const leave = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((ip) => places.take(ip));
  assert.throws(() => places.take('192.0.2.4'), isFull);
  leave[0]?.();
  places.take('192.0.2.4');
  assert.throws(() => places.take('192.0.2.5'), isFull);
});

test('attack: leaving twice gives back one place', () => {
  const places = createPlaces(2);
  const leave = places.take('192.0.2.1');
  places.take('192.0.2.2');
  leave();
  leave();
  assert.equal(places.taken, 1);
});

test('attack: one address takes twenty, and all of an IPv6 /64 is one address', () => {
  const places = createPlaces(1_000);
  for (let at = 0; at < 20; at += 1) {
    places.take('192.0.2.1');
    places.take(`2001:db8::${at.toString(16)}`);
  }
  assert.throws(() => places.take('::ffff:192.0.2.1'), isFull);
  assert.throws(() => places.take('2001:db8::ffff:1'), isFull);
  places.take('2001:db8:0:1::1');
  assert.equal(places.taken, 41);
});

test('with no place there is no feed', () => assert.throws(() => createPlaces(0).take('192.0.2.1'), isFull));
