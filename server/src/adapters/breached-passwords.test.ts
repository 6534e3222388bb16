import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestClock } from '../../test/support/ports.ts';
import { lineOf, sha1Of, startRangeServer } from '../../test/support/range-server.ts';
import { createBreachedPasswords } from './breached-passwords.ts';

const password = 'seven quiet lanterns burn';
const other = '0018A45C4D1DEF81644B54AB7F969B88D65';

function setUp(url: string, timeoutMs = 30_000) {
  const clock = createTestClock();
  const warnings: string[] = [];
  const breached = createBreachedPasswords({ url, clock, warn: (text) => warnings.push(text), timeoutMs });
  return { breached, clock, warnings };
}

test('a password in the answer is breached, whatever the case and the line breaks', async () => {
  for (const text of [
    `${other}:3\r\n${lineOf(password, 1)}\r\n`,
    `${lineOf(password, 7).toLowerCase()}\n${other}:3`,
    lineOf(password, 1),
  ]) {
    await using range = await startRangeServer(text);
    const { breached, warnings } = setUp(range.url);
    assert.equal(await breached.has(password), true, text);
    assert.equal(await breached.has('seven quiet lanterns'), false, text);
    assert.deepEqual(warnings, []);
  }
});

test('a line of padding, whose count is zero, says nothing', async () => {
  await using range = await startRangeServer(`${other}:3\r\n${lineOf(password, 0)}\r\n`);
  assert.equal(await setUp(range.url).breached.has(password), false);
});

test('the service learns five signs of the digest and no more, and is asked for padding', async () => {
  await using range = await startRangeServer('');
  await setUp(range.url).breached.has(password);
  assert.deepEqual(range.asked, [{ path: `/range/${sha1Of(password).slice(0, 5)}`, padding: 'true' }]);
});

test('a service that refuses, lies, redirects, or sends without end keeps nobody from a password', async () => {
  const cases: [Parameters<typeof startRangeServer>[0], RegExp][] = [
    [(_, reply) => reply.writeHead(503).end(lineOf(password, 1)), /status 503/],
    ['<html>sign in to the hotel</html>', /another form/],
    [`${lineOf(password, 1)}\nand more`, /another form/],
    [(_, reply) => reply.writeHead(302, { location: '/elsewhere' }).end(), /\w/],
    [(request) => request.socket.destroy(), /\w/],
    [(_, reply) => sendWithoutEnd(reply), /too long/],
  ];
  for (const [answer, reason] of cases) {
    await using range = await startRangeServer(answer);
    const { breached, warnings } = setUp(range.url);
    assert.equal(await breached.has(password), false);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', reason);
    assert.equal(warnings[0]?.includes(sha1Of(password).slice(0, 5)), false);
  }
});

test('a service that does not answer, or stops halfway, is given up after the time limit', async () => {
  for (const begin of ['', `${other}:3\r\n`]) {
    await using range = await startRangeServer((_, reply) => {
      if (begin !== '') reply.write(begin);
    });
    const { breached, warnings } = setUp(range.url, 50);
    assert.equal(await breached.has(password), false);
    assert.deepEqual(warnings, ['new passwords are not compared with those of breaches: no answer in time']);
  }
});

test('a service that is away is reported once in ten minutes', async () => {
  await using range = await startRangeServer('garbage');
  const { breached, clock, warnings } = setUp(range.url);
  for (let attempt = 0; attempt < 3; attempt += 1) await breached.has(password);
  assert.equal(warnings.length, 1);
  clock.advance(10 * 60_000);
  await breached.has(password);
  assert.equal(warnings.length, 2);
});

function sendWithoutEnd(reply: { write(text: string): boolean; once(event: 'drain', listener: () => void): unknown }) {
  const more = () => {
    while (reply.write(`${other}:1\r\n`.repeat(1_000)));
    reply.once('drain', more);
  };
  more();
}
