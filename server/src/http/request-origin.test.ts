import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FastifyRequest } from 'fastify';
import { originOf } from './request-origin.ts';

const from = (ip: string) =>
  originOf({ ip, headers: {}, socket: { remoteAddress: '127.0.0.1' } } as unknown as FastifyRequest).ip;

test('an address counts without the port that a proxy adds', () => {
  assert.equal(from('203.0.113.8:40001'), '203.0.113.8');
  assert.equal(from('[2001:db8::1]:40001'), '2001:db8::1');
  assert.equal(from('2001:db8::1'), '2001:db8::1');
});

test('one address has one form: without zone, and IPv4 as itself', () => {
  assert.equal(from('::ffff:203.0.113.8'), '203.0.113.8');
  assert.equal(from('[::FFFF:203.0.113.8]:40001'), '203.0.113.8');
  assert.equal(from('fe80::1%eth0'), 'fe80::1');
  assert.equal(from(`2001:db8::1%${'x'.repeat(1_000)}`), '2001:db8::1');
  assert.equal(from('127.0.0.1%eth0'), '127.0.0.1');
});

test('what a client wrote into X-Forwarded-For and is no address counts for nothing', () => {
  for (const text of ['', 'unknown', 'x'.repeat(1_000), '203.0.113.8, 1', '1.2.3', "'; drop table users"]) {
    assert.equal(from(text), '127.0.0.1');
  }
});
