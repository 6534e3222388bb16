import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { argon2 } from './argon2id.ts';
import { createHasher } from './hasher.ts';
import type { Lane } from './lane.ts';

const parameters = { memoryKib: 1024, iterations: 2, parallelism: 1 };

/** A hasher whose random bytes count up and whose lane only counts. */
function setUp() {
  let next = 0;
  let runs = 0;
  const random = { bytes: (count: number) => Buffer.from(Array.from({ length: count }, () => next++ % 256)) };
  const lane: Lane = {
    run: (work) => {
      runs += 1;
      return work();
    },
    inFlight: 0,
    waiting: 0,
  };
  return { hasher: createHasher({ parameters, lane, random }), lane, random, runs: () => runs };
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
    const { lane, random } = setUp();
    for (const memoryKib of [4, 4_194_304, Number.NaN])
      assert.throws(() => createHasher({ parameters: { ...parameters, memoryKib }, lane, random }), RangeError);
  });
});

test('attack: what waits for the hashing thread takes no place from anybody else, plain or wrapped, however long the password', async () => {
  const taken: string[] = [];
  const laneCalled = (name: string): Lane => ({
    inFlight: 0,
    waiting: 0,
    run: (work) => {
      taken.push(name);
      return work();
    },
  });
  const hasher = createHasher({
    parameters,
    lane: laneCalled('common'),
    threadLane: laneCalled('thread'),
    random: setUp().random,
  });
  const shaCrypt = `$6$rounds=1000$saltsalt$${'.'.repeat(86)}`;
  const wrapped = await hasher.wrapIfWeak(shaCrypt);
  assert.match(String(wrapped), /^\$wrapped\$/);
  for (const stored of [shaCrypt, String(wrapped), hasher.dummy]) {
    for (const password of ['a guess', 'x'.repeat(600)]) assert.equal(await hasher.verify(stored, password), false);
  }
  assert.deepEqual(taken, ['common', 'thread', 'thread', 'thread', 'thread', 'common', 'common']);
});
