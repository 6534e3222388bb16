import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deflateSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { listNumber, revokedEvents, setBits } from './policy.ts';

const lists = { listSize: 32_768, uriOf: (list: number) => `https://auth.test/status/lists/${list}` };

/** The events of a text, as their data. */
const dataOf = (text: string): { uri: string; idx: number[] }[] =>
  [...text.matchAll(/^event: revoked\ndata: (.*)\n\n/gm)].map(([, data = '']) => JSON.parse(data));

describe('the bits of a status list', () => {
  test('are those of the example of the draft, before and after compression (§4.1)', () => {
    const bits = Buffer.alloc(2);
    setBits(bits, [0, 3, 4, 5, 7, 8, 9, 13, 15]);
    assert.equal(bits.toString('hex'), 'b9a3');
    assert.equal(deflateSync(bits, { level: 9 }).toString('base64url'), 'eNrbuRgAAhcBXQ');
    assert.deepEqual(inflateSync(Buffer.from('eNrbuRgAAhcBXQ', 'base64url')), bits);
  });

  test('are set one for each place, and stay set', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4_095), { maxLength: 200 }), (places) => {
        const bits = Buffer.alloc(512);
        for (const place of places) setBits(bits, [place]);
        setBits(bits, places);
        const set = Array.from({ length: 4_096 }, (_, at) => at).filter((at) => ((bits[at >> 3] ?? 0) >> (at & 7)) & 1);
        assert.deepEqual(
          set,
          [...new Set(places)].sort((a, b) => a - b),
        );
      }),
    );
  });
});

test('a list has one name, and what is no number names none', () => {
  assert.deepEqual(['0', '7', '9999999999'].map(listNumber), [0, 7, 9_999_999_999]);
  for (const text of ['', '00', '01', '-1', '+1', '1.0', '1e3', ' 1', '1\n', '0x1', 'NaN', '٣', '99999999999']) {
    assert.equal(listNumber(text), undefined, JSON.stringify(text));
  }
});

describe('the events of revocations', () => {
  test('are parted by list, and name the places within it', () => {
    const found = dataOf(revokedEvents([3, 32_767, 32_768, 17, 98_304], lists));
    assert.deepEqual(found, [
      { uri: lists.uriOf(0), idx: [3, 32_767, 17] },
      { uri: lists.uriOf(1), idx: [0] },
      { uri: lists.uriOf(3), idx: [0] },
    ]);
  });

  test('name a thousand at most, and each of however many once', () => {
    const places = Array.from({ length: 10_000 }, (_, at) => at * 7);
    const found = dataOf(revokedEvents(places, lists));
    assert.ok(found.every(({ idx }) => idx.length <= 1_000));
    const named = found.flatMap(({ uri, idx }) => idx.map((at) => Number(uri.split('/').at(-1)) * 32_768 + at));
    assert.deepEqual(named, places);
    assert.ok(
      Math.max(
        ...revokedEvents(places, lists)
          .split('\n')
          .map((line) => line.length),
      ) < 8_000,
    );
  });

  test('of nothing are none', () => assert.equal(revokedEvents([], lists), ''));
});
