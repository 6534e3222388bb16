import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusedWith } from '../../../test/support/store-contract.ts';
import { tooManySubscribers } from './errors.ts';
import { createSeats } from './seats.ts';

const isFull = refusedWith(tooManySubscribers);

test('there are as many seats as are said, and one that is given back is free', () => {
  const seats = createSeats(3);
  const leave = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((ip) => seats.take(ip));
  assert.throws(() => seats.take('192.0.2.4'), isFull);
  leave[0]?.();
  seats.take('192.0.2.4');
  assert.throws(() => seats.take('192.0.2.5'), isFull);
});

test('attack: leaving twice gives back one seat', () => {
  const seats = createSeats(2);
  const leave = seats.take('192.0.2.1');
  seats.take('192.0.2.2');
  leave();
  leave();
  assert.equal(seats.taken, 1);
});

test('attack: one address takes twenty, and all of an IPv6 /64 is one address', () => {
  const seats = createSeats(1_000);
  for (let at = 0; at < 20; at += 1) {
    seats.take('192.0.2.1');
    seats.take(`2001:db8::${at.toString(16)}`);
  }
  assert.throws(() => seats.take('::ffff:192.0.2.1'), isFull);
  assert.throws(() => seats.take('2001:db8::ffff:1'), isFull);
  seats.take('2001:db8:0:1::1');
  assert.equal(seats.taken, 41);
});

test('with no seat there is no feed', () => assert.throws(() => createSeats(0).take('192.0.2.1'), isFull));
