import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { asSessionId } from '../../kernel/ids.ts';
import { Secret } from '../../kernel/secret.ts';
import { deviceOf, heldSuccessor, isNewest, judgeUnrotated, type SessionState, type Verdict } from './policy.ts';
import type { RefreshToken, TokenHash } from './refresh-token.ts';

const graceMs = 10_000;
const rotatedAt = 1_000_000;
const hashOf = (generation: number, chain = 'ours') => `${chain} ${generation}` as TokenHash;

/** A session whose current token is of generation 5, rotated at 1,000,000; it idles away at 2,000,000 and expires at 3,000,000. */
const living: SessionState = {
  generation: 5,
  tokenHash: hashOf(5),
  rotatedAt,
  idleExpiresAt: 2_000_000,
  expiresAt: 3_000_000,
  endedAt: undefined,
};

const token = (generation: number, chain?: string): RefreshToken => ({
  sessionId: asSessionId('s'.repeat(22)),
  generation,
  text: new Secret('not read by the judge'),
  hash: hashOf(generation, chain),
});

interface Case {
  /** Of the presented token; its successor is one further. */
  readonly generation: number;
  readonly chain?: string;
  readonly now?: number;
  readonly graceMs?: number;
  readonly session?: Partial<SessionState>;
}

const judge = (it: Case) => {
  const session = { ...living, ...it.session };
  const held = heldSuccessor(session, [token(it.generation + 1, it.chain)]);
  return judgeUnrotated(session, token(it.generation, it.chain), held, it.now ?? rotatedAt, it.graceMs ?? graceMs);
};

const parent = { generation: 4 };
const strict = { ...parent, graceMs: 0 };
/** A grace that outlasts the session. */
const long = { ...parent, graceMs: 9_000_000 };

const cases: readonly (readonly [what: string, verdict: Verdict, it: Case])[] = [
  ['the parent at once', 'repeat', parent],
  ['the parent in the last millisecond of the grace', 'repeat', { ...parent, now: rotatedAt + 9_999 }],
  ['the parent when the grace is over', 'theft', { ...parent, now: rotatedAt + 10_000 }],
  ['the parent long after', 'theft', { ...parent, now: 1_999_999 }],
  ['the parent after the clock has stepped back', 'repeat', { ...parent, now: rotatedAt - 60_000 }],

  ['the parent at once, with no grace', 'theft', strict],
  ['the parent a millisecond later, with no grace', 'theft', { ...strict, now: rotatedAt + 1 }],
  ['the parent after the clock has stepped back, with no grace', 'theft', { ...strict, now: rotatedAt - 1 }],

  ['the grandparent within the grace', 'theft', { generation: 3 }],
  ['the first token of the session', 'theft', { generation: 0 }],
  ['a parent whose successor is not the current token', 'theft', { generation: 4, chain: 'forked' }],

  ['the current generation of another chain', 'foreign', { generation: 5, chain: 'forked' }],
  ['a generation that the database has not seen', 'foreign', { generation: 6 }],
  ['such a generation long after the grace', 'foreign', { generation: 9, now: 1_999_999 }],

  ['the parent in the last millisecond before the session idles away', 'repeat', { ...long, now: 1_999_999 }],
  ['the parent when the session idles away', 'over', { ...long, now: 2_000_000 }],
  [
    'the parent in the last millisecond before the session expires',
    'repeat',
    { ...long, now: 2_999_999, session: { idleExpiresAt: 3_000_000 } },
  ],
  ['the parent when the session expires', 'over', { ...long, now: 3_000_000, session: { idleExpiresAt: 9_000_000 } }],
];

describe('a refresh token that could not be rotated', () => {
  for (const [what, verdict, it] of cases) test(`${what}: ${verdict}`, () => assert.equal(judge(it), verdict));

  const endings: Readonly<Record<string, Partial<SessionState>>> = {
    'was ended': { endedAt: rotatedAt },
    'has expired': { expiresAt: rotatedAt },
    'has idled away': { idleExpiresAt: rotatedAt },
  };
  for (const [how, session] of Object.entries(endings)) {
    test(`of a session that ${how}: over, whatever else it could mean, since nothing is left to steal`, () => {
      for (const generation of [0, 3, 4, 5, 6]) assert.equal(judge({ generation, session }), 'over');
    });
  }

  test('of a session that is not there: over', () => {
    assert.equal(judgeUnrotated(undefined, token(4), token(5), rotatedAt, graceMs), 'over');
  });
});

describe('a device', () => {
  const windows = (chrome: string) =>
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${chrome} Safari/537.36`;
  const phone = (system: string) =>
    `Mozilla/5.0 (iPhone; CPU iPhone OS ${system} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148`;

  test('stays the same when its software is updated', () => {
    assert.equal(deviceOf(windows('126.0.0.0')), deviceOf(windows('127.0.6533.72')));
    assert.equal(deviceOf(phone('17_5')), deviceOf(phone('18_0_1')));
  });

  test('is another one with another system, browser or name, and none at all is one too', () => {
    const agents = [
      windows('126.0.0.0'),
      phone('17_5'),
      `${windows('126.0.0.0')} Edg/126.0`,
      'curl/8.7.1',
      'Curl/8.7.1',
      '',
    ];
    assert.equal(new Set(agents.map(deviceOf)).size, agents.length);
  });
});

describe('the newest token of a living session', () => {
  const now = rotatedAt + 1;
  const isIt = (session: Partial<SessionState>, presented = token(5), at = now) =>
    isNewest({ ...living, ...session }, presented, at);

  test('is the one of its generation and hash', () => {
    assert.equal(isIt({}), true);
    for (const other of [token(4), token(6), token(5, 'another'), { ...token(5), generation: 4 }])
      assert.equal(isIt({}, other), false);
  });

  test('is none once the session has ended, run out or idled away, from the very millisecond on', () => {
    assert.equal(isIt({ endedAt: now }), false);
    assert.equal(isIt({}, token(5), 1_999_999), true);
    assert.equal(isIt({}, token(5), 2_000_000), false);
    assert.equal(isIt({ expiresAt: now }), false);
  });
});
