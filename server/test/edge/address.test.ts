/** The client's address, which limits and the record go by: from `TRUST_PROXY` alone, whatever a client says. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { startServer, type TestServer } from '../support/server.ts';
import { skipWithoutLoopbacks } from './loopback.ts';
import { converse, signUpRequest } from './raw.ts';

let made = 0;

/** The address under which a sign-up from `from` with these headers is recorded, and limited. */
async function recorded(server: TestServer, from: string, headers: readonly string[]): Promise<string | undefined> {
  made += 1;
  await server.newEvents();
  const port = Number(new URL(server.url).port);
  const { answers } = await converse({ port, from, upTo: 1 }, signUpRequest(`person-${made}`, headers));
  assert.equal(answers[0]?.status, 201, headers.join().slice(0, 100));
  const addresses = new Set((await server.newEvents()).map(({ ip }) => ip));
  assert.equal(addresses.size, 1);
  return [...addresses][0];
}

const servers = new Map<string, Promise<TestServer>>();
after(async () => {
  for (const server of servers.values()) await (await server)[Symbol.asyncDispose]();
});

/** One for all tests with this setting. */
function serverWith(trust: string): Promise<TestServer> {
  const server = servers.get(trust) ?? startServer({ env: { TRUST_PROXY: trust, RATE_LIMITS: 'off' } });
  servers.set(trust, server);
  return server;
}

/** What no proxy of ours sets. */
const lies = [
  'Forwarded: for=203.0.113.66',
  'X-Real-IP: 203.0.113.66',
  'X-Client-IP: 203.0.113.66',
  'True-Client-IP: 203.0.113.66',
  'CF-Connecting-IP: 203.0.113.66',
  'X-Cluster-Client-IP: 203.0.113.66',
  'X-Forwarded: 203.0.113.66',
  'X-Forwarded-Host: 203.0.113.66',
  'X_Forwarded_For: 203.0.113.66',
  'X-ProxyUser-Ip: 203.0.113.66',
];

describe('TRUST_PROXY off', { skip: skipWithoutLoopbacks }, () => {
  test('attack: whatever stands in a header, the address is that of the connection', async () => {
    const server = await serverWith('off');
    for (const header of [...lies, 'X-Forwarded-For: 203.0.113.66', 'X-Forwarded-For: 127.0.0.1, 203.0.113.66']) {
      assert.equal(await recorded(server, '127.0.0.9', [header]), '127.0.0.9', header);
    }
  });
});

describe('TRUST_PROXY as a number', { skip: skipWithoutLoopbacks }, () => {
  const cases: readonly (readonly [hops: string, headers: readonly string[], address: string])[] = [
    ['1', [], '127.0.0.9'],
    ['1', ['X-Forwarded-For: 198.51.100.7'], '198.51.100.7'],
    ['1', ['X-Forwarded-For: 203.0.113.66, 198.51.100.7'], '198.51.100.7'],
    ['1', ['X-Forwarded-For: 203.0.113.66', 'X-Forwarded-For: 198.51.100.7'], '198.51.100.7'],
    ['1', ['x-FORWARDED-for:203.0.113.66,198.51.100.7'], '198.51.100.7'],
    ['1', ['X-Forwarded-For: 203.0.113.66,,, 198.51.100.7 , '], '198.51.100.7'],
    ['1', ['X-Forwarded-For: 198.51.100.7', ...lies.slice(0, 5)], '198.51.100.7'],
    ['2', ['X-Forwarded-For: 203.0.113.66, 198.51.100.7, 192.0.2.1'], '198.51.100.7'],
    ['2', ['X-Forwarded-For: 198.51.100.7'], '198.51.100.7'],
    ['1', ['X-Forwarded-For: 198.51.100.7:40001'], '198.51.100.7'],
    ['1', ['X-Forwarded-For: 2001:db8::7'], '2001:db8::7'],
    ['1', ['X-Forwarded-For: [2001:db8::7]:40001'], '2001:db8::7'],
    ['1', ['X-Forwarded-For: ::ffff:198.51.100.7'], '198.51.100.7'],
    ['1', ['X-Forwarded-For: fe80::7%eth0'], 'fe80::7'],
    ['1', [`X-Forwarded-For: fe80::7%${'z'.repeat(500)}`], 'fe80::7'],
    ['1', ['X-Forwarded-For: unknown'], '127.0.0.9'],
    ['1', ['X-Forwarded-For: _hidden'], '127.0.0.9'],
    ['1', ['X-Forwarded-For: 0x7f.1'], '127.0.0.9'],
    ['1', ['X-Forwarded-For: 198.51.100.7.'], '127.0.0.9'],
    ['1', ['X-Forwarded-For: 1.2.3.4/32'], '127.0.0.9'],
    ['1', [`X-Forwarded-For: ${'1'.repeat(8_000)}`], '127.0.0.9'],
    ['1', [`X-Forwarded-For: ${','.repeat(8_000)}`], '127.0.0.9'],
    ['16', [`X-Forwarded-For: ${Array.from({ length: 16 }, (_, at) => `192.0.2.${at}`).join()}`], '192.0.2.0'],
  ];
  for (const [hops, headers, address] of cases) {
    test(`${hops}: ${headers.join(' | ').slice(0, 70) || 'no header'} is ${address}`, async () => {
      const server = await serverWith(hops);
      assert.equal(await recorded(server, '127.0.0.9', headers), address);
    });
  }

  test('property: nothing that stands before the last address changes it', async () => {
    const server = await serverWith('1');
    const entry = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.constantFrom('', 'unknown', '127.0.0.1', '::1', '"', '[', '%', 'a:b', ' '),
      fc.string({ maxLength: 12 }).map((text) => text.replaceAll(/[^\x20-\x7e]/g, '')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 8 }), async (before) => {
        const header = `X-Forwarded-For: ${[...before, '198.51.100.7'].join(', ')}`;
        assert.equal(await recorded(server, '127.0.0.9', [header]), '198.51.100.7');
      }),
      { numRuns: 150 },
    );
  });
});

describe('TRUST_PROXY as addresses', { skip: skipWithoutLoopbacks }, () => {
  const trust = '127.0.0.2,192.0.2.0/24,2001:db8::/32';
  const cases: readonly (readonly [from: string, header: string, address: string])[] = [
    ['127.0.0.9', '198.51.100.7', '127.0.0.9'],
    ['127.0.0.9', '198.51.100.7, 192.0.2.1', '127.0.0.9'],
    ['127.0.0.2', '198.51.100.7', '198.51.100.7'],
    ['127.0.0.2', '203.0.113.66, 198.51.100.7', '198.51.100.7'],
    ['127.0.0.2', '203.0.113.66, 198.51.100.7, 192.0.2.1', '198.51.100.7'],
    ['127.0.0.2', '203.0.113.66, 198.51.100.7, 2001:db8::5', '198.51.100.7'],
    ['127.0.0.2', '203.0.113.66, 198.51.100.7, ::ffff:192.0.2.1', '198.51.100.7'],
    ['127.0.0.2', '203.0.113.66, 198.51.100.7, 192.0.3.1', '192.0.3.1'],
    ['127.0.0.2', '203.0.113.66, rubbish', '127.0.0.2'],
    ['127.0.0.2', '192.0.2.1', '192.0.2.1'],
  ];
  for (const [from, header, address] of cases) {
    test(`from ${from} with ${header} is ${address}`, async () => {
      const server = await serverWith(trust);
      assert.equal(await recorded(server, from, [`X-Forwarded-For: ${header}`]), address);
    });
  }
});

test('attack: an enemy who forges another address for each try runs into the limit all the same', async () => {
  for (const [trust, forged] of [
    ['off', (at: number) => `X-Forwarded-For: 203.0.113.${at}`],
    ['1', (at: number) => `X-Forwarded-For: 203.0.113.${at}, 198.51.100.7`],
  ] as const) {
    await using server = await startServer({ env: { TRUST_PROXY: trust } });
    const port = Number(new URL(server.url).port);
    const statuses: number[] = [];
    for (let at = 0; at < 70 && !statuses.includes(429); at += 1) {
      const { answers } = await converse({ port, upTo: 1 }, signUpRequest(`swarm-${at}`, [forged(at)]));
      statuses.push(answers[0]?.status ?? 0);
    }
    assert.deepEqual([statuses.at(-1), statuses.length], [429, 61]);
  }
});

test('attack: thousands of addresses are read in no time, and more are refused', async () => {
  const server = await serverWith('16');
  const port = Number(new URL(server.url).port);
  for (const [many, status] of [
    [1_000, 201],
    [10_000, 431],
  ] as const) {
    const header = `X-Forwarded-For: ${'1.2.3.4,'.repeat(many)}198.51.100.7`;
    const { answers } = await converse({ port, upTo: 1 }, signUpRequest(`crowd-${many}`, [header]));
    assert.equal(answers[0]?.status, status);
  }
});
