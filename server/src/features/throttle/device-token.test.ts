import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createTestClock } from '../../../test/support/ports.ts';
import { asUserId } from '../../kernel/ids.ts';
import { Secret } from '../../kernel/secret.ts';
import { createDeviceTokens, deviceLifeSeconds } from './device-token.ts';

const ada = { userId: asUserId(1), changedAt: 1_000 };
const bea = { userId: asUserId(12), changedAt: 1_000 };
const present = new Secret('a secret key for tests, long enough');
const clock = createTestClock();
let drawn = 0;
const random = {
  bytes: (count: number) => {
    drawn += 1;
    return Buffer.alloc(count, drawn);
  },
};
const make = (keys: { present: Secret; former: readonly Secret[] } = { present, former: [] }) =>
  createDeviceTokens({ secretKeys: keys, random, clock });

describe('a device token', () => {
  test('is read for its user, and says nothing but an id and when it was issued', () => {
    const tokens = make();
    const text = tokens.issue(ada).reveal();
    const id = tokens.read(text, ada) ?? '';
    assert.match(id, /^[\w-]{22}$/);
    assert.ok(text.startsWith(`${id}.${clock.now()}.`));
  });

  test('is nothing for any other user, nor for any other password of the same one', () => {
    const tokens = make();
    const text = tokens.issue(ada).reveal();
    const others = [bea, { ...ada, userId: asUserId(0) }, { ...ada, userId: asUserId(11) }];
    const passwords = [
      { ...ada, changedAt: 1_001 },
      { ...ada, changedAt: 999 },
      { ...ada, changedAt: clock.now() },
    ];
    for (const other of [...others, ...passwords]) assert.equal(tokens.read(text, other), undefined);
    assert.notEqual(tokens.read(text, { ...ada }), undefined);
  });

  test('is told from one of another user whose number runs into the instant', () => {
    const tokens = make();
    const text = tokens.issue({ userId: asUserId(1), changedAt: 21 }).reveal();
    assert.equal(tokens.read(text, { userId: asUserId(12), changedAt: 1 }), undefined);
  });

  test('has another id each time', () => {
    const tokens = make();
    const ids = [ada, ada, bea].map((user) => tokens.read(tokens.issue(user).reveal(), user));
    assert.equal(new Set(ids).size, 3);
  });

  test('is good for a year, to the millisecond', () => {
    const tokens = make();
    const text = tokens.issue(ada).reveal();
    clock.advance(deviceLifeSeconds * 1_000 - 1);
    assert.notEqual(tokens.read(text, ada), undefined);
    clock.advance(1);
    assert.equal(tokens.read(text, ada), undefined);
  });

  test('of a former key is read, of a foreign key not', () => {
    const text = make().issue(ada).reveal();
    const young = new Secret('another secret key for tests, as long');
    assert.notEqual(make({ present: young, former: [present] }).read(text, ada), undefined);
    assert.equal(make({ present: young, former: [] }).read(text, ada), undefined);
  });

  test('with any one character changed is not read', () => {
    const tokens = make();
    const text = tokens.issue(ada).reveal();
    const character = fc.constantFrom(...'ABCXYZabcxyz0129-_.=+/% é');
    fc.assert(
      fc.property(fc.nat(text.length - 1), character, (place, put) => {
        const changed = text.slice(0, place) + put + text.slice(place + 1);
        return changed === text || tokens.read(changed, ada) === undefined;
      }),
    );
  });

  test('is not what any other text is, and reading never throws', () => {
    const tokens = make();
    fc.assert(fc.property(fc.string(), (text) => tokens.read(text, ada) === undefined));
  });
});
