import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Place } from '../../kernel/hasher.ts';
import { type Argon2Parameters, argon2 } from './argon2id.ts';
import { createHasher } from './hasher.ts';
import type { Lane } from './lane.ts';

const parameters = { memoryKib: 1024, iterations: 2, parallelism: 1 };

/** A lane that only counts: in `taken` how often each of the two was. */
function countingLanes() {
  const taken: string[] = [];
  const laneCalled = (name: string): Lane => ({
    inFlight: 0,
    waiting: 0,
    wake: () => {},
    admit: () => ({
      run: (work) => {
        taken.push(name);
        return work();
      },
      [Symbol.dispose]: () => {},
    }),
  });
  return { taken, lanes: { quick: laneCalled('quick'), slow: laneCalled('slow') } };
}

/** A hasher whose random bytes count up and whose lanes only count. */
function setUp(wanted: Argon2Parameters = parameters) {
  let next = 0;
  const random = { bytes: (count: number) => Buffer.from(Array.from({ length: count }, () => next++ % 256)) };
  const { lanes, taken } = countingLanes();
  return {
    hasher: createHasher({ parameters: wanted, lanes, random }),
    lanes,
    random,
    taken,
    runs: () => taken.length,
  };
}

/** Whether `promise` waits for a worker thread: what is decided on the event loop needs no more than a few microtasks. */
async function isPending(promise: Promise<unknown>): Promise<boolean> {
  let pending = true;
  void promise.finally(() => {
    pending = false;
  });
  for (let turn = 0; turn < 50; turn += 1) await null;
  return pending;
}

/** Each is of `correct horse bättery`; the makers stand in the tests of the schemes. */
const foreign = [
  '$argon2i$v=19$m=1024,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$Ri80JPqJGw+8EPlp06t7Ud1kTzXRHCdhgfRnpFy3GHY',
  '$2b$04$Mn/CWwBUW3N7NeDluQztcuBIzhwuqRk8eonGH8WLswtmpjxX42pQ6',
  'pbkdf2_sha256$1000$abcDEF123456$xcrcmAJbZL3VNakG7Xvd2+kjQ1O4yM0Mt6g6JpptwZQ=',
  '$scrypt$ln=10,r=8,p=1$3Nvbu5fS+l/rnbO2lvK+tw$aZtVxUgpCURgRI/DFyP+1Go8CQktgKSk3fQFQQx2l2g',
  '$fbscrypt$v=1,n=9,r=4,p=1,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$AAECAwQFBgcICQ==$KXdgtOi6QaGCmotOfMdFJeoS6Trg226YR4T7aq/PqY+PBZyzVfoEstdHJtb+0sv3sJMKY1EEt8TwtGSbtFzJzQ==',
  '$5$rounds=1000$saltSALT0123$wunH1Hkh3M.4ZzL7dJId3hmVUs2bDSaRwzPu.2x0ck.',
  '$P$5abcdEFGHWfoTfpc9yln9DzEKFuMdH0',
  '$wp$2y$04$iqA6fdtEoyW7VV7iSiXZ/O/xQOoyZTJ/8k282nWQDojAyvzDrbcTi',
  'AIRd9HikA7BGg04hAbyQWNxVEe39hvtRGjuvbLqLltiizkfBBDJsmJdntJ70ryXDyg==',
];

describe('the hasher', () => {
  test('hashes with the parameters given, and verifies its own', async () => {
    const { hasher } = setUp();
    const stored = await hasher.hash('a quiet afternoon');
    assert.match(stored, /^\$argon2id\$v=19\$m=1024,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    assert.equal(await hasher.verify(stored, 'a quiet afternoon'), true);
    assert.equal(await hasher.verify(stored, 'a quiet afternoom'), false);
    assert.equal(hasher.isOutdated(stored), false);
  });

  test('two hashes of one password differ', async () => {
    const { hasher } = setUp();
    assert.notEqual(await hasher.hash('a quiet afternoon'), await hasher.hash('a quiet afternoon'));
  });

  test('a password of 256 characters of four bytes is hashed whole', async () => {
    const { hasher } = setUp();
    const stored = await hasher.hash('\u{1f511}'.repeat(256));
    assert.equal(await hasher.verify(stored, '\u{1f511}'.repeat(256)), true);
    assert.equal(await hasher.verify(stored, '\u{1f511}'.repeat(255)), false);
  });

  test('the hashes of other systems verify, and are to be replaced', async () => {
    const { hasher } = setUp();
    for (const stored of foreign) {
      assert.equal(await hasher.verify(stored, 'correct horse bättery'), true, stored);
      assert.equal(await hasher.verify(stored, 'correct horse bätterz'), false, stored);
      assert.equal(hasher.isOutdated(stored), true, stored);
    }
  });

  test('a weak hash is wrapped with the parameters of a new one, verifies as before, and is to be replaced', async () => {
    const { hasher, runs } = setUp();
    for (const stored of foreign) {
      const before = runs();
      const wrapped = await hasher.wrapIfWeak(stored);
      assert.equal(runs(), before + 1, stored);
      assert.match(wrapped, /^\$wrapped\$argon2id\$v=19\$m=1024,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}\$/);
      assert.equal(hasher.canVerify(wrapped), true, stored);
      assert.equal(hasher.isOutdated(wrapped), true, stored);
      assert.equal(await hasher.verify(wrapped, 'correct horse bättery'), true, stored);
      assert.equal(await hasher.verify(wrapped, 'correct horse bätterz'), false, stored);
      assert.equal(await hasher.wrapIfWeak(wrapped), wrapped);
    }
  });

  test('what is not weak stays as it is when it is imported', async () => {
    const { hasher } = setUp();
    const strong = `$2b$10$${'a'.repeat(53)}`;
    assert.equal(await hasher.wrapIfWeak(strong), strong);
  });

  test('the dummy is a sound hash with the parameters of a new one, of no password', async () => {
    const { hasher } = setUp();
    const fresh = await hasher.hash('whatever');
    assert.equal(hasher.dummy.length, fresh.length);
    assert.equal(argon2.recognises(hasher.dummy), true);
    assert.equal(hasher.isOutdated(hasher.dummy), false);
    assert.equal(await hasher.verify(hasher.dummy, ''), false);
  });

  test('an account with a broken or too costly hash does the work of one that does not exist', async () => {
    const { hasher, runs } = setUp();
    const unusable = ['', '!', 'plain text', `$2b$31$${'a'.repeat(53)}`, '$argon2id$v=19$m=4194304,t=1,p=1$AAAA$AAAA'];
    for (const stored of unusable) {
      const before = runs();
      const answer = hasher.verify(stored, stored);
      assert.equal(await isPending(answer), true, stored);
      assert.equal(await answer, false, stored);
      assert.equal(runs(), before + 1, stored);
      assert.equal(hasher.isOutdated(stored), true, stored);
    }
  });

  test('every hashing goes through the lane, and making the hasher costs none', async () => {
    const { hasher, runs } = setUp();
    assert.equal(runs(), 0);
    const stored = await hasher.hash('a quiet afternoon');
    await hasher.verify(stored, 'a quiet afternoon');
    assert.equal(runs(), 2);
  });

  test('parameters whose hashes it would itself refuse are refused when it is made', () => {
    const { lanes, random } = setUp();
    for (const memoryKib of [4, 4_194_304, Number.NaN])
      assert.throws(() => createHasher({ parameters: { ...parameters, memoryKib }, lanes, random }), RangeError);
  });
});

describe('the lane of a hash', () => {
  const today = { memoryKib: 19_456, iterations: 2, parallelism: 1 };
  const digest = 'a'.repeat(53);
  const django = (rounds: number) => `pbkdf2_sha256$${rounds}$salt$${'A'.repeat(43)}=`;
  const scryptOf = (ln: number) => `$scrypt$ln=${ln},r=8,p=1$c2FsdHNhbHQ$${'A'.repeat(43)}`;
  const argon2Of = (memory: number, passes: number) =>
    `$argon2id$v=19$m=${memory},t=${passes},p=1$AAECAwQFBgcICQoLDA0ODw$${'A'.repeat(43)}`;

  const lanesOf: Readonly<Record<string, readonly string[]>> = {
    quick: [`$2b$10$${digest}`, django(600_000), scryptOf(14), argon2Of(65_536, 3), argon2Of(19_456, 2), 'no hash', ''],
    slow: [`$2b$13$${digest}`, `$2b$15$${digest}`, django(2_000_000), scryptOf(17), argon2Of(262_144, 8)],
  };
  for (const [name, hashes] of Object.entries(lanesOf)) {
    for (const stored of hashes) {
      test(`${stored.slice(0, 28)} waits in the ${name} one`, () => {
        const admitted: string[] = [];
        const { lanes, random } = setUp();
        const watch = (lane: 'quick' | 'slow'): Lane => ({
          ...lanes[lane],
          admit: (asker) => {
            admitted.push(lane);
            return lanes[lane].admit(asker);
          },
        });
        const watched = { quick: watch('quick'), slow: watch('slow') };
        const hasher = createHasher({ parameters: today, lanes: watched, random });
        hasher.admit({ source: '192.0.2.1', known: false }, stored);
        assert.deepEqual(admitted, [name]);
      });
    }
  }

  test('attack: what waits for the hashing thread takes no place from anybody else, plain or wrapped, however long the password', async () => {
    const { hasher, taken } = setUp();
    const shaCrypt = `$6$rounds=1000$saltsalt$${'.'.repeat(86)}`;
    const wrapped = await hasher.wrapIfWeak(shaCrypt);
    assert.match(String(wrapped), /^\$wrapped\$/);
    for (const stored of [shaCrypt, String(wrapped), hasher.dummy]) {
      for (const password of ['a guess', 'x'.repeat(600)]) assert.equal(await hasher.verify(stored, password), false);
    }
    assert.deepEqual(taken, ['quick', 'slow', 'slow', 'slow', 'slow', 'quick', 'quick']);
  });

  test('what brings a place runs there, and takes none of its own', async () => {
    const { hasher, taken } = setUp();
    const works: string[] = [];
    const place: Place = {
      run: (work) => {
        works.push('in the place');
        return work();
      },
      [Symbol.dispose]: () => {},
    };
    const stored = await hasher.hash('a quiet afternoon', place);
    assert.equal(await hasher.verify(stored, 'a quiet afternoon', place), true);
    await hasher.rehash(stored, 'a quiet afternoon', place);
    assert.deepEqual([works.length, taken], [3, []]);
  });
});

describe('a renewed hash', () => {
  const salt = 'AAECAwQFBgcICQoLDA0ODw';
  const tag = 'A'.repeat(43);
  const today = { memoryKib: 256, iterations: 4, parallelism: 1 };

  const costOf = (phc: string) => {
    const { m, t } = /\$m=(?<m>\d+),t=(?<t>\d+),/.exec(phc)?.groups ?? {};
    return { memoryKib: Number(m), work: Number(m) * Number(t) };
  };

  const anyArgon2 = fc
    .record({
      prefix: fc.constantFrom('$argon2id$v=19', '$argon2i$v=19', '$argon2d$v=19', '$argon2id', 'argon2$argon2id$v=19'),
      memoryKib: fc.integer({ min: 8, max: 1_024 }),
      iterations: fc.integer({ min: 1, max: 12 }),
    })
    .map(({ prefix, memoryKib, iterations }) => `${prefix}$m=${memoryKib},t=${iterations},p=1$${salt}$${tag}`);

  test('takes no less memory and no less work than what was there, nor than a new one, and is then up to date', async () => {
    const { hasher } = setUp(today);
    await fc.assert(
      fc.asyncProperty(anyArgon2, async (stored) => {
        const [before, least] = [costOf(stored), { memoryKib: 256, work: 1_024 }];
        if (!hasher.isOutdated(stored)) {
          assert.ok(before.memoryKib >= least.memoryKib && before.work >= least.work);
          return;
        }
        const renewed = await hasher.rehash(stored, 'a quiet afternoon');
        const after = costOf(renewed);
        assert.ok(after.memoryKib >= Math.max(before.memoryKib, least.memoryKib), renewed);
        assert.ok(after.work >= Math.max(before.work, least.work), renewed);
        assert.equal(hasher.isOutdated(renewed), false);
        assert.equal(await hasher.verify(renewed, 'a quiet afternoon'), true);
      }),
      { numRuns: 200 },
    );
  });

  const stored = (parameters: string) => `$argon2id$v=19$${parameters}$${salt}$${tag}`;

  test('is not made where more memory makes up for fewer passes', () => {
    const { hasher } = setUp({ memoryKib: 19_456, iterations: 2, parallelism: 1 });
    assert.equal(hasher.isOutdated(stored('m=65536,t=1,p=4')), false);
    assert.equal(hasher.isOutdated(stored('m=19456,t=1,p=1')), true);
    assert.equal(hasher.isOutdated(stored('m=9216,t=9,p=1')), true);
  });

  test('keeps the memory of Django’s argon2, which is five times ours', async () => {
    const { hasher } = setUp({ memoryKib: 19_456, iterations: 2, parallelism: 1 });
    const django = `argon2${stored('m=102400,t=2,p=8')}`;
    assert.equal(hasher.isOutdated(django), true);
    assert.match(await hasher.rehash(django, 'a quiet afternoon'), /^\$argon2id\$v=19\$m=102400,t=2,p=1\$/);
  });

  test('is not made where it would cost more than a server can bear', () => {
    const { hasher } = setUp({ memoryKib: 19_456, iterations: 2, parallelism: 1 });
    assert.equal(hasher.isOutdated('$argon2i$v=19$m=262144,t=8,p=1$'.concat(salt, '$', tag)), true);
    assert.equal(hasher.isOutdated('$argon2i$v=19$m=208000,t=10,p=1$'.concat(salt, '$', tag)), true);
    // 107.8 passes over our memory, rounded up, are above the ceiling.
    assert.equal(hasher.isOutdated('$argon2i$v=19$m=1000,t=2097,p=1$'.concat(salt, '$', tag)), false);
  });

  test('of a wrapped one is a plain one, with no less than the argon2id around it, be that below or above ours', async () => {
    const small = setUp({ memoryKib: 8, iterations: 1, parallelism: 1 }).hasher;
    const large = setUp({ memoryKib: 1_024, iterations: 4, parallelism: 1 }).hasher;
    const { hasher } = setUp(today);
    const phpass = '$P$5abcdEFGHWfoTfpc9yln9DzEKFuMdH0';
    for (const [maker, wanted] of [
      [small, 'm=256,t=4'],
      [large, 'm=1024,t=4'],
    ] as const) {
      const wrapped = await maker.wrapIfWeak(phpass);
      assert.match(wrapped, /^\$wrapped\$/);
      assert.equal(hasher.isOutdated(wrapped), true);
      const renewed = await hasher.rehash(wrapped, 'correct horse bättery');
      assert.ok(renewed.startsWith(`$argon2id$v=19$${wanted},p=1$`), renewed);
      assert.equal(await hasher.verify(renewed, 'correct horse bättery'), true);
      assert.equal(hasher.isOutdated(renewed), false);
    }
  });

  test('of another family has the parameters of a new one', async () => {
    const { hasher } = setUp(today);
    for (const old of foreign.filter((it) => !it.includes('argon2'))) {
      assert.match(await hasher.rehash(old, 'correct horse bättery'), /^\$argon2id\$v=19\$m=256,t=4,p=1\$/, old);
    }
  });
});
