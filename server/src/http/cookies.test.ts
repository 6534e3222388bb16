import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FastifyReply } from 'fastify';
import { deviceCookie, readCookie, refreshCookie } from './cookies.ts';

function written(write: (reply: FastifyReply) => void): string {
  const headers: Record<string, string> = {};
  const reply = { header: (name: string, value: string) => (headers[name] = value) };
  write(reply as unknown as FastifyReply);
  return headers['set-cookie'] ?? '';
}

describe('refreshCookie', () => {
  test('in production is bound to this host and to https', () => {
    const cookie = refreshCookie({ production: true });
    const attributes = '; Path=/; HttpOnly; SameSite=Strict; Secure';
    assert.equal(
      written((reply) => cookie.set(reply, 'a.b', 60.9)),
      `__Host-refresh_token=a.b; Max-Age=60${attributes}`,
    );
    assert.doesNotMatch(
      written((reply) => cookie.set(reply, 'a', 1)),
      /domain/i,
    );
  });

  test('in development works over plain http', () => {
    const cookie = refreshCookie({ production: false });
    assert.equal(
      written((reply) => cookie.set(reply, 'a', 60)),
      'refresh_token=a; Max-Age=60; Path=/; HttpOnly; SameSite=Strict',
    );
  });

  test('is cleared under the attributes under which it was set', () => {
    const cleared = written((reply) => refreshCookie({ production: true }).clear(reply));
    assert.match(
      cleared,
      /^__Host-refresh_token=; Max-Age=0; Expires=Thu, 01 Jan 1970 .*Path=\/; HttpOnly; SameSite=Strict; Secure$/,
    );
  });

  test('never writes a value that would end the cookie', () => {
    const cookie = refreshCookie({ production: false });
    for (const value of ['a;b', 'a b', 'a\r\nb', 'ä', 'a"b', 'a,b', 'a\\b']) {
      assert.throws(() => written((reply) => cookie.set(reply, value, 1)), /cookie value/);
    }
  });
});

test('deviceCookie is another one, as well guarded', () => {
  const set = (production: boolean) => written((reply) => deviceCookie({ production }).set(reply, 'a', 60));
  assert.equal(set(true), '__Host-device=a; Max-Age=60; Path=/; HttpOnly; SameSite=Strict; Secure');
  assert.equal(set(false), 'device=a; Max-Age=60; Path=/; HttpOnly; SameSite=Strict');
});

describe('readCookie', () => {
  test('finds the value among others', () => {
    assert.equal(readCookie('a=1; refresh_token=x.y-z=; b=2', 'refresh_token'), 'x.y-z=');
    assert.equal(readCookie('refresh_token="x"', 'refresh_token'), 'x');
    assert.equal(readCookie('a=1;refresh_token=x', 'refresh_token'), 'x');
  });

  for (const header of [
    undefined,
    '',
    'refresh_token',
    'refresh_token=',
    'refresh_token=""',
    'xrefresh_token=a',
    '__Host-refresh_token=a',
  ]) {
    test(`finds nothing in ${JSON.stringify(header)}`, () =>
      assert.equal(readCookie(header, 'refresh_token'), undefined));
  }

  test('cookie tossing: of two values it takes neither', () => {
    assert.equal(readCookie('refresh_token=mine; refresh_token=theirs', 'refresh_token'), undefined);
    assert.equal(readCookie('refresh_token=theirs; a=1; refresh_token=', 'refresh_token'), undefined);
  });
});
