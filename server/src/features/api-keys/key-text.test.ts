import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { systemRandom } from '../../adapters/system-random.ts';
import { sha256 } from '../../kernel/derive.ts';
import { isApiKey, isSameKey, keyIdPattern, makeKey, readKey } from './key-text.ts';

/** What docs/api-keys.md publishes for secret scanners. */
const guide = readFileSync(join(import.meta.dirname, '../../../../docs/api-keys.md'), 'utf8');
const published = new RegExp(/^\\bkw_live_.*$/m.exec(guide)?.[0] ?? 'missing in the guide');

/** Bytes that are all the same: the least and the greatest key. */
const constant = (byte: number) => ({ bytes: (count: number) => Buffer.alloc(count, byte) });
/** Bytes that are as given, over and over. */
const repeating = (bytes: Uint8Array) => ({
  bytes: (count: number) => Buffer.from(Array.from({ length: count }, (_, place) => bytes[place % bytes.length] ?? 0)),
});

describe('a key', () => {
  test('has the published form, whatever was drawn, and is read as what it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 43, maxLength: 43 }), (bytes) => {
        const { id, text, hash } = makeKey(repeating(bytes));
        const key = text.reveal();
        assert.equal(published.exec(`token=${key};`)?.[0], key);
        assert.match(id, new RegExp(keyIdPattern));
        assert.deepEqual(readKey(key), { id, hash });
        assert.ok(isApiKey(key));
      }),
    );
  });

  test('is as long at the ends of what can be drawn', () => {
    for (const byte of [0, 255]) assert.equal(makeKey(constant(byte)).text.reveal().length, 73);
  });

  test('has 256 random bits in its secret: each bit drawn changes it, and none changes the id as well', () => {
    const drawn = Buffer.alloc(43);
    const of = (bytes: Buffer) => {
      let rest = bytes;
      const take = (count: number) => {
        const taken = rest.subarray(0, count);
        rest = rest.subarray(count);
        return taken;
      };
      const text = makeKey({ bytes: take }).text.reveal();
      return { id: text.slice(8, 23), secret: text.slice(24, 67) };
    };
    const secrets = new Set([of(drawn).secret]);
    for (let bit = 0; bit < 256; bit += 1) {
      const changed = Buffer.from(drawn);
      const place = 11 + (bit >> 3);
      changed.writeUInt8(1 << (bit & 7), place);
      assert.equal(of(changed).id, of(drawn).id);
      secrets.add(of(changed).secret);
    }
    assert.equal(secrets.size, 257);
  });

  test('shows itself to nobody who does not ask', () => {
    const made = makeKey(systemRandom);
    assert.ok(!JSON.stringify(made).includes(made.text.reveal().slice(24)));
  });

  test('two are never alike', () => {
    const keys = Array.from({ length: 1_000 }, () => makeKey(systemRandom));
    assert.equal(new Set(keys.map(({ id }) => id)).size, 1_000);
    assert.equal(new Set(keys.map(({ hash }) => hash)).size, 1_000);
  });

  test('has a checksum that anybody can compute: CRC-32 in base 62, as docs/api-keys.md says', () => {
    // From another implementation of CRC-32: the bits of the polynomial one after the other.
    const crc = (text: string) => {
      let rest = 0xffffffff;
      for (const byte of Buffer.from(text)) {
        rest ^= byte;
        for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
      }
      return (rest ^ 0xffffffff) >>> 0;
    };
    const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    for (let i = 0; i < 50; i += 1) {
      const key = makeKey(systemRandom).text.reveal();
      const value = [...key.slice(-6)].reduce((sum, sign) => sum * 62 + digits.indexOf(sign), 0);
      assert.equal(value, crc(key.slice(0, -6)));
    }
  });
});

describe('what is not whole is refused without a look at the database', () => {
  const key = makeKey(systemRandom).text.reveal();

  test('any one sign mistyped', () => {
    for (let place = 8; place < key.length; place += 1) {
      for (const sign of ['0', 'a', 'Z', '_', '-', ' ', 'é']) {
        if (key[place] === sign) continue;
        const mistyped = key.slice(0, place) + sign + key.slice(place + 1);
        assert.equal(readKey(mistyped), undefined, mistyped);
      }
    }
  });

  test('two neighbours exchanged', () => {
    for (let place = 8; place < key.length - 1; place += 1) {
      const [a = '', b = ''] = key.slice(place, place + 2);
      if (a === b) continue;
      assert.equal(readKey(key.slice(0, place) + b + a + key.slice(place + 2)), undefined);
    }
  });

  test('cut off, lengthened, in other letter case, with something around it', () => {
    for (let length = 0; length < key.length; length += 1) assert.equal(readKey(key.slice(0, length)), undefined);
    const around = [`${key}0`, `${key}\n`, ` ${key}`, `${key}=`, key.toUpperCase(), key.toLowerCase(), key + key];
    for (const text of around) assert.equal(readKey(text), undefined, text);
  });

  test('made up by somebody who knows the form but not the checksum', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^kw_live_[0-9A-Za-z]{15}_[0-9A-Za-z]{49}$/), (text) => {
        assert.equal(readKey(text), undefined);
      }),
      { numRuns: 200 },
    );
  });
});

test('a key is compared by its hash, whole', () => {
  const [one, other] = [makeKey(systemRandom), makeKey(systemRandom)];
  assert.equal(isSameKey(one.hash, one), true);
  assert.equal(isSameKey(one.hash, other), false);
  assert.equal(one.hash, sha256(one.text.reveal()));
});
