import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { asSessionId } from '../../kernel/ids.ts';
import { Secret } from '../../kernel/secret.ts';
import { createRefreshTokens, type RefreshToken } from './refresh-token.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const session = asSessionId('sessionSESSION-_012345');
const otherSession = asSessionId('sessionSESSION-_012346');
const otherKey = 'another key for tests, just as long';

/** Draws bytes that count up: 1, 1, … for the first token, 2, 2, … for the second. */
function tokensOf(key = 'a key for tests, long enough for a server', ...former: string[]) {
  let drawn = 0;
  return createRefreshTokens({
    secretKeys: { present: new Secret(key), former: former.map((it) => new Secret(it)) },
    random: {
      bytes(count) {
        drawn += 1;
        return Buffer.alloc(count, drawn);
      },
    },
  });
}

/** Everything of a token: a Secret does not show itself to a comparison. */
const shown = (token: RefreshToken | undefined) => token && { ...token, text: token.text.reveal() };

const tokens = tokensOf();
const first = tokens.first(session);
const text = first.text.reveal();

describe('a refresh token', () => {
  test('is read as it was made, and so is each of its successors', () => {
    let token = first;
    for (let generation = 0; generation < 12; generation += 1) {
      assert.equal(token.generation, generation);
      assert.equal(token.sessionId, session);
      assert.deepEqual(shown(tokens.read(token.text.reveal())), shown(token));
      token = tokens.successorOf(token);
    }
  });

  test('holds 256 random bits, and what the database keeps is not among what the client holds', () => {
    const [, , secret = ''] = text.split('.');
    assert.deepEqual(Buffer.from(secret, 'base64url'), Buffer.alloc(32, 1));
    assert.ok(!text.includes(first.hash) && !first.hash.includes(secret));
    assert.notEqual(tokens.first(session).hash, first.hash);
  });

  test('with any one character changed is none of ours', () => {
    for (const [place, character] of [...text].entries()) {
      for (const other of `${alphabet}.=+/ é`) {
        if (other === character) continue;
        const changed = `${text.slice(0, place)}${other}${text.slice(place + 1)}`;
        assert.equal(tokens.read(changed), undefined, changed);
      }
    }
  });

  test('cut, lengthened, doubled or wrapped is none of ours', () => {
    for (let length = 0; length < text.length; length += 1) assert.equal(tokens.read(text.slice(0, length)), undefined);
    for (const other of [`${text}A`, `${text}=`, `${text}\n`, ` ${text}`, `\n${text}`, `${text}.${text}`, `"${text}"`])
      assert.equal(tokens.read(other), undefined, JSON.stringify(other));
  });

  test('with its generation written in another way is none of ours', () => {
    const [id, , secret, tag] = text.split('.');
    assert.notEqual(tokens.read([id, '0', secret, tag].join('.')), undefined);
    for (const generation of ['00', '+0', '-0', '0x0', '0e0', '', ' 0', '٠', '1', '99999999999'])
      assert.equal(tokens.read([id, generation, secret, tag].join('.')), undefined, generation);
  });

  test('pieced together from two of ours is none of ours', () => {
    const donors = [tokens.successorOf(first), tokens.first(session), tokens.first(otherSession)];
    for (const donor of donors) {
      for (const [place, piece] of donor.text.reveal().split('.').entries()) {
        const mixed = text.split('.').with(place, piece).join('.');
        if (mixed !== text) assert.equal(tokens.read(mixed), undefined, mixed);
      }
    }
  });

  test('made under another key is none of ours', () => {
    assert.equal(tokensOf(otherKey).read(text), undefined);
    assert.notEqual(tokensOf().read(text), undefined);
  });
});

describe('a successor', () => {
  test('is the same however often and by whichever node it is derived', () => {
    const node = tokensOf();
    const read = node.read(text);
    assert.ok(read !== undefined);
    assert.deepEqual(shown(node.successorOf(read)), shown(tokens.successorOf(first)));
  });

  test('is another for each generation, each session and each secret', () => {
    const chain = [first];
    for (let step = 0; step < 50; step += 1) chain.push(tokens.successorOf(chain.at(-1) ?? first));
    assert.equal(new Set(chain.map(({ hash }) => hash)).size, 51);

    // The same secret in another place of another chain.
    const elsewhere = { ...first, sessionId: otherSession };
    const later = { ...first, generation: 7 };
    const hashes = [first, elsewhere, later, tokens.first(session)].map((it) => tokens.successorOf(it).hash);
    assert.equal(new Set(hashes).size, 4);
  });

  test('cannot be derived without the key', () => {
    assert.notEqual(tokensOf(otherKey).successorOf(first).hash, tokens.successorOf(first).hash);
  });
});
