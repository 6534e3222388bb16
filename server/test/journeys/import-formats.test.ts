import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHasher } from '../../src/adapters/password-hashing/hasher.ts';
import { createLanes } from '../../src/adapters/password-hashing/lanes.ts';
import { createClient } from '../support/client.ts';
import { createTestClock, testRandom } from '../support/ports.ts';
import { startServer } from '../support/server.ts';

/** Of `correct horse bättery`; who made them stands in the tests of the schemes. All but the last are weak. */
const hashes = {
  'bcrypt, cost 4': '$2b$04$Mn/CWwBUW3N7NeDluQztcuBIzhwuqRk8eonGH8WLswtmpjxX42pQ6',
  'WordPress 6.8': '$wp$2y$04$iqA6fdtEoyW7VV7iSiXZ/O/xQOoyZTJ/8k282nWQDojAyvzDrbcTi',
  phpass: '$P$5abcdEFGHWfoTfpc9yln9DzEKFuMdH0',
  'sha256-crypt': '$5$openssl5$uG4ec7o2sxLEp6cNNM/vHFX5.aUcIX4n6wAEMCNJMZ1',
  'sha512-crypt': '$6$openssl6$vavXUFNaMTrleY.UNjKacHHYAXAwV7ZCZU2.wD8.f0EmoYLvMBXQw8q8SZe7oELLjAa4Ht42zoEmqKvHNP8wI/',
  'Django PBKDF2': 'pbkdf2_sha256$1000$abcDEF123456$xcrcmAJbZL3VNakG7Xvd2+kjQ1O4yM0Mt6g6JpptwZQ=',
  'passlib PBKDF2': '$pbkdf2-sha256$1000$MWZsDSHkXOv9HwMA4DzHOA$tsRJXaEYOOxsGxaaoAyKyJVpg91PQMJUP4jhGOZw6Sw',
  'passlib scrypt': '$scrypt$ln=10,r=8,p=1$3Nvbu5fS+l/rnbO2lvK+tw$aZtVxUgpCURgRI/DFyP+1Go8CQktgKSk3fQFQQx2l2g',
  'Better Auth':
    '7ca3b074159871d7e325bd8186297425:5d6cf786dd5ae2583f3d8e77da993ce73f4ab2128c2a27c4611135193ca15236c9989e80d221b0f6a9da8f265cf30ff623afd50040ce7226d65f46de90e6d5a1',
  Firebase:
    '$fbscrypt$v=1,n=9,r=4,p=1,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$AAECAwQFBgcICQ==$KXdgtOi6QaGCmotOfMdFJeoS6Trg226YR4T7aq/PqY+PBZyzVfoEstdHJtb+0sv3sJMKY1EEt8TwtGSbtFzJzQ==',
  'ASP.NET Identity 2': 'AIRd9HikA7BGg04hAbyQWNxVEe39hvtRGjuvbLqLltiizkfBBDJsmJdntJ70ryXDyg==',
  'ASP.NET Core': 'AQAAAAEAACcQAAAAENQH9oIBLuA5x02EMa/sQ2AXM4Nf0kGIUVYamMBJsj5SdNvJZkV3wPqLHwJM4ISEaQ==',
  'argon2i, 1 MiB': '$argon2i$v=19$m=1024,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$Ri80JPqJGw+8EPlp06t7Ud1kTzXRHCdhgfRnpFy3GHY',
  'Django scrypt, which is not weak':
    'scrypt$16384$abcDEF123456$8$5$myOA62AoWh0tnkbgYmK5LytVdT7G7ChgXK8H9ZZ1KEa/FJZaZwSa59xu1tYWOjJvHJj48G93p/z8c4/dn+0NPg==',
};
const password = 'correct horse bättery';

test('users of every system log in with their old passwords, and all end with a plain argon2id hash', async () => {
  const lanes = createLanes({ cores: 2, maxWaitMs: 60_000, clock: createTestClock() });
  const parameters = { memoryKib: 1024, iterations: 2, parallelism: 1 };
  const passwordHasher = createHasher({ parameters, lanes, random: testRandom });
  await using server = await startServer({ passwordHasher, env: { RATE_LIMITS: 'off' } });
  const call = createClient(server.url);
  const { create } = server.features.accounts;

  for (const [place, [system, passwordHash]] of Object.entries(hashes).entries()) {
    const names = { username: `user-${place}`, email: `user-${place}@example.com` };
    const account = await create.prepareWithHash({ ...names, passwordHash });
    const isWeak = !system.includes('not weak');
    assert.equal(account.passwordHash.startsWith('$wrapped$argon2id$'), isWeak, system);
    const id = await server.db.transact((tx) => create.insert(tx, account, { admin: false, how: 'cli' }));
    const stored = async () => (await server.features.passwords.store.findOf(server.db, id))?.hash ?? '';
    const logIn = async (text: string) =>
      (await call('POST', '/login', { json: { email: names.email, password: text } })).status;

    assert.equal(await logIn('correct horse bätterz'), 401, system);
    assert.equal(await stored(), account.passwordHash, system);
    assert.equal(await logIn(password), 200, system);
    assert.match(await stored(), /^\$argon2id\$v=19\$m=1024,t=2,p=1\$/, system);
    assert.equal(await logIn(password), 200, system);
  }
});

test('a hash that comes wrapped in less argon2id than ours, or with more memory than ours, is no weaker after the first login', async () => {
  const clock = createTestClock();
  const hasherWith = (memoryKib: number, iterations: number) =>
    createHasher({
      parameters: { memoryKib, iterations, parallelism: 1 },
      lanes: createLanes({ cores: 2, maxWaitMs: 60_000, clock }),
      random: testRandom,
    });
  await using server = await startServer({ passwordHasher: hasherWith(1024, 2), env: { RATE_LIMITS: 'off' } });
  const call = createClient(server.url);
  const { create } = server.features.accounts;
  const imported: readonly (readonly [before: string, after: string])[] = [
    [await hasherWith(64, 1).wrapIfWeak(hashes.phpass), 'm=1024,t=2'],
    [await hasherWith(4096, 3).wrapIfWeak(hashes.phpass), 'm=4096,t=3'],
    [`argon2${await hasherWith(2048, 1).hash(password)}`, 'm=2048,t=1'],
    [await hasherWith(512, 9).hash(password), 'm=1024,t=5'],
  ];
  for (const [place, [passwordHash, after]] of imported.entries()) {
    const names = { username: `user-${place}`, email: `user-${place}@example.com` };
    const account = await create.prepareWithHash({ ...names, passwordHash });
    const id = await server.db.transact((tx) => create.insert(tx, account, { admin: false, how: 'cli' }));
    assert.equal((await call('POST', '/login', { json: { email: names.email, password } })).status, 200, passwordHash);
    const stored = (await server.features.passwords.store.findOf(server.db, id))?.hash ?? '';
    assert.ok(stored.startsWith(`$argon2id$v=19$${after},p=1$`), `${passwordHash} became ${stored}`);
  }
});
