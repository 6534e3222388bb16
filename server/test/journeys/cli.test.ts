/** The command line: every command once as the real `keyward` in a process of its own, and all that can go wrong. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { commands } from '../../src/app/cli/commands/index.ts';
import { openSqlite } from '../../src/db/dialects/sqlite/database.ts';
import { mailStore } from '../../src/features/mail/store.sql.ts';
import { codeOf } from '../laws/source-text.ts';
import { serverFolder } from '../laws/sources.ts';
import { fillOutbox } from '../support/outbox.ts';
import { startSmtpReceiver } from '../support/smtp-receiver.ts';
import { createOperator, createProcessOperator, type Ended, entry, type Operator, type RunOptions } from './keyward.ts';

const password = 'correct horse battery';

/** Runs a command that must succeed; its output. */
async function well(operator: Operator, line: string, options?: RunOptions): Promise<string> {
  const { code, out, err } = await operator.run(line.split(' '), options);
  assert.deepEqual([code, err], [0, ''], line);
  return out;
}

/** Runs a command that must fail; what it says. */
async function badly(operator: Operator, line: string, code: 1 | 2, options?: RunOptions): Promise<string> {
  const ended = await operator.run(line.split(' '), options);
  assert.deepEqual([ended.code, ended.out], [code, ''], line);
  assertNoStack(ended);
  return ended.err;
}

function assertNoStack({ err }: Ended): void {
  assert.doesNotMatch(err, /^ {4}at /m);
}

/** The life of a server as its operator sees it: each command, and what it must print. With `--json` the same is told as a value. */
const story: readonly (readonly [line: string, says: RegExp, json: unknown, input?: string])[] = [
  ['help', /usage: keyward <command>/, undefined],
  ['version', /^\d+\.\d+\.\d+\n$/, undefined],
  ['openapi', /"openapi": "3\.1\.0"/, undefined],
  ['config example', /^# ACCESS_TOKEN_EXPIRE_MINUTES=15$/m, undefined],
  ['config print', /^ {2}PORT=8000 +\(default\)$/m, undefined],
  ['migrate status', /^0001-users +pending$/m, undefined],
  ['migrate plan', /create table "users"/, undefined],
  ['migrate', /^applied 0001-users$/m, undefined],
  ['migrate', /^The schema is up to date\.\n$/, { applied: [] }],
  ['migrate status', /^0001-users +\d{4}-\d\d-\d\dT[\d:.]+Z$/m, undefined],
  [
    'user create --admin --email ada@example.com --username ada',
    /^Created user 1 with the role admin\.\n$/,
    { id: 1, email: 'ada@example.com', username: 'ada', admin: true },
    password,
  ],
  [
    'user create --email bea@example.com --username bea --hash',
    /^Created user 2\.\n$/,
    { id: 2, email: 'bea@example.com', username: 'bea', admin: false },
    '$2b$04$Mn/CWwBUW3N7NeDluQztcuBIzhwuqRk8eonGH8WLswtmpjxX42pQ6\n',
  ],
  ['user list', /^1 +ada +ada@example\.com +active\n2 +bea +bea@example\.com +active\n$/m, undefined],
  [
    'permission register posts:publish',
    /^Registered permission posts:publish\.\n$/,
    { name: 'posts:publish', description: '' },
  ],
  ['permission list', /^posts:publish\n[\s\S]*^users:delete +built in +Delete/m, undefined],
  [
    'role create editor --permission users:delete --permission posts:publish --description Edits',
    /^Created role editor\.\n$/,
    {
      id: 2,
      name: 'editor',
      description: 'Edits',
      permissions: ['posts:publish', 'users:delete'],
      built_in: false,
      version: 1,
    },
  ],
  ['role list', /^2 +editor +posts:publish users:delete\n$/m, undefined],
  ['role assign editor bea', /^User 2 now has the role editor\.\n$/, { user: 2, role: 'editor', changed: true }],
  ['role assign editor 2', /^User 2 already had the role editor\.\n$/, { user: 2, role: 'editor', changed: false }],
  [
    'api-key create bea --name ci --permission posts:publish --days 7',
    /^kw_live_[0-9A-Za-z]{15}_[0-9A-Za-z]{49}\nThis is the only time/,
    undefined,
  ],
  ['api-key list bea', /^[0-9A-Za-z]{15} +2 +ci +20[-\d]+T\S+ +never +posts:publish\n$/m, undefined],
  ['api-key list', /^[0-9A-Za-z]{15} +2 +ci /m, undefined],
  ['api-key revoke bea --all', /^API keys of user 2 revoked: 1\.\n$/, { owner: 2, revoked: 1 }],
  ['role show EDITOR', /^editor \(id 2, version 1\): Edits\n {2}posts:publish\n {2}users:delete\n$/, undefined],
  ['user roles bea', /^2 +editor +posts:publish users:delete\n$/m, undefined],
  [
    'permission explain bea posts:publish',
    /^Yes\. Given by the role editor\.\n$/,
    {
      user: 2,
      permission: 'posts:publish',
      allowed: true,
      reason: 'given-by-role',
      detail: 'Given by the role editor.',
      given_by: ['editor'],
    },
  ],
  ['permission explain bea posts:read', /^No\. There is no such permission/, undefined],
  [
    'role preview editor --remove posts:publish --add roles:read',
    /^1 users have the role editor\.\n1 would gain something\n {2}roles:read: 1\n1 would lose something\n {2}posts:publish: 1\n[\s\S]*^2 +bea +-posts:publish \+roles:read\n$/m,
    undefined,
  ],
  [
    'role update editor --name writer --description Writes --remove posts:publish --add roles:read',
    /^Changed role writer\.\nwriter \(id 2, version 2\): Writes\n {2}roles:read\n {2}users:delete\n$/,
    {
      id: 2,
      name: 'writer',
      description: 'Writes',
      permissions: ['roles:read', 'users:delete'],
      built_in: false,
      version: 2,
    },
  ],
  ['role update 2 --name editor --add posts:publish', /^Changed role editor\.\n/, undefined],
  [
    'permission remove posts:publish --force',
    /^Removed permission posts:publish\. It was in: editor\.\n$/,
    { name: 'posts:publish', roles: ['editor'] },
  ],
  ['role unassign editor BEA@example.com', /no longer has/, { user: 2, role: 'editor', changed: true }],
  ['role delete editor', /^Deleted role editor\.\n$/, { id: 2, name: 'editor' }],
  ['session list bea', /^ID +CREATED +LAST SEEN +FROM +WITH\n$/, []],
  ['session end bea --all', /^Sessions of user 2 ended: 0\.\n$/, { user: 2, ended: 0 }],
  [
    'user show bea',
    /^id +2\nusername +bea\nemail +bea@example\.com\nemail_verified +false\nstatus +active\n/m,
    undefined,
  ],
  ['user verify bea', /^Verified the address of user 2\.\n$/, { id: 2, email_verified: true }],
  ['user show bea', /^email_verified +true$/m, undefined],
  ['user update bea --email BEA@example.com', /^Updated user 2\.\n$/, { id: 2, email: 'BEA@example.com' }],
  ['user update 2 --email bea@example.com --username bea', /^Updated user 2\.\n$/, undefined],
  ['user list --username B', /^ID +USERNAME +EMAIL +STATUS\n2 +bea +bea@example\.com +active\n$/, undefined],
  ['user list --role admin --status active', /^1 +ada .*\n$/m, undefined],
  ['user list --sort=-email --limit 1', /^2 +bea .*\n$/m, undefined],
  ['user list --created-after 2999-01-01', /^ID +USERNAME +EMAIL +STATUS\n$/, []],
  ['user disable bea', /^Disabled user 2\.\n$/, { id: 2, status: 'disabled' }],
  [
    'user disable bea --reason spam --until 2999-01-01T00:00:00Z',
    /^Disabled user 2\.\n$/,
    { id: 2, status: 'disabled' },
  ],
  ['user show 2', /^disabled_until +2999-01-01T00:00:00\.000Z\ndisabled_reason +spam\n$/m, undefined],
  ['user list', /^2 +bea +bea@example\.com +disabled\n$/m, undefined],
  ['user enable bea', /^Enabled user 2\.\n$/, { id: 2, status: 'active' }],
  [
    'user password bea',
    /^Changed the password of user 2; sessions ended: 0\.\n$/,
    { id: 2, ended: 0 },
    'seven quiet lanterns burn\n',
  ],
  ['user reset-password bea', /^A mail to user 2 is in the outbox\.\n$/, { id: 2 }],
  [
    'user reset-password bea --print',
    /^Good for 30 minutes and one use:\nhttp:\/\/localhost:8000\/mail\/reset-password#token=[\w-]{43}\n$/,
    undefined,
  ],
  ['user delete bea', /^Deleted user 2\.\n$/, { id: 2, status: 'deleted' }],
  ['user list --deleted', /^2 +bea +bea@example\.com +deleted\n$/m, undefined],
  ['user restore 2', /^Restored user 2\.\n$/, { id: 2, status: 'active' }],
  ['user export bea', /"username": "bea",/, undefined],
  [
    'user create --email cyd@example.com --username cyd --no-password',
    /^Created user 3\.\n$/,
    { id: 3, email: 'cyd@example.com', username: 'cyd', admin: false },
  ],
  ['user invite cyd@example.com', /^Invited user 3\.\n$/, { id: 3, email: 'cyd@example.com', roles: [] }],
  ['user delete cyd', /^Deleted user 3\.\n$/, undefined],
  ['user purge 3', /^Purged user 3\.\n$/, { id: 3, status: 'purged' }],
  ['user list --status any', /^2 +bea +bea@example\.com +active\n$/m, undefined],
  [
    'user invite dan@example.com --username dan --role admin',
    /^Invited user 4\.\n$/,
    { id: 4, email: 'dan@example.com', roles: ['admin'] },
  ],
  [
    'mail preview sign-in --locale de',
    /^Subject: Keyward: Ihre Anmeldung\n\nGuten Tag ada,\n[\s\S]*^ {4}246801$/m,
    undefined,
  ],
  ['mail preview invitation --html', /^<!doctype html>\n<html lang="en-GB">\n[\s\S]*You are invited/, undefined],
  ['keys list', /^[\w-]{43} +ES256 +signing +20/m, undefined],
  ['keys rotate', /^Published the key [\w-]{43}\. It signs from 20/, undefined],
  ['keys rotate', /^Nothing made, since this key waits already/, undefined],
  ['mail list', /^\S{22} +20\S+Z +sent +invitation +dan@example\.com +0 +-\n/m, undefined],
  ['mail list --state given-up --limit 5', /^ID +WRITTEN/, []],
  ['mail retry --all', /^Mails that are tried now: 0\.\n$/, { hastened: 0 }],
  ['audit list --event user.deleted', /^- +20\S+Z +user\.deleted +success +- +- +2 +-\n$/m, undefined],
  ['audit seal', /^Sealed \d+ rows; the record has \d+\.\n$/, undefined],
  ['audit verify', /^The audit record is whole\.\n[\s\S]*^witnessed +1 checkpoints$/m, undefined],
  ['audit key', /^localhost:8000\/audit\/[\da-f]{8}\+[\da-f]{8}\+[\w+/]{44}\n$/, undefined],
];

describe('every command', () => {
  test('tells people what it did', async () => {
    using operator = createProcessOperator();
    for (const [line, says, , input = ''] of story) assert.match(await well(operator, line, { input }), says, line);
  });

  test('tells programs the same with --json', async () => {
    using operator = createOperator();
    for (const [line, , json, input = ''] of story) {
      const told = JSON.parse(await well(operator, `${line} --json`, { input }));
      if (json !== undefined) assert.deepEqual(told, json, line);
    }
  });

  test('has its place in this story, but for serve', () => {
    const told = story.map(([line]) => line);
    const untold = commands.filter(({ words }) => !told.some((line) => line.startsWith(words.join(' '))));
    assert.deepEqual(
      untold.map(({ words }) => words.join(' ')),
      // The two of `db` need two databases: test/copy. A key is revoked below, and mails are shown and sent there; an export is no JSON,
      // but lines of it.
      ['serve', 'db copy', 'db release', 'keys revoke', 'mail show', 'mail test', 'audit export'],
      'add the new command to the story',
    );
  });

  test('a signing key is revoked by its kid, which must be one', async () => {
    using operator = createOperator();
    const [key] = JSON.parse(await well(operator, 'keys list --json'));
    const { kid, signer } = JSON.parse(await well(operator, `keys revoke ${key.kid} --json`));
    assert.equal(kid, key.kid);
    assert.match(await badly(operator, `keys revoke ${kid}`, 1), /\(key-not-found\)/);
    assert.match(await badly(operator, 'keys revoke', 2), /<kid> is missing/);
    assert.match(await well(operator, `keys revoke ${signer}`), /its tokens are dead, sessions go on by refresh/);
    const states = JSON.parse(await well(operator, 'keys list --json')).map((it: { state: string }) => it.state);
    assert.deepEqual(states.sort(), ['revoked', 'revoked', 'signing']);
  });
});

describe('the outbox', () => {
  const env = (url: string) => ({ env: { SMTP_URL: url, MAIL_FROM: 'Example <no-reply@example.com>' } });
  const secretKey = (operator: Operator) => readFileSync(join(operator.folder, 'data', 'secret-key'), 'utf8').trim();

  test('is told of without what the mails say, and a mail that has failed is tried at once', async () => {
    using operator = createOperator();
    await well(operator, 'migrate');
    await well(operator, 'keys list');
    const db = await openSqlite({ path: join(operator.folder, 'data', 'keyward.db') });
    await fillOutbox(db, 2, secretKey(operator));
    const far = Date.UTC(2999, 0, 1);
    const [mail] = JSON.parse(await well(operator, 'mail list --state waiting --limit 1 --json'));
    assert.deepEqual(
      [mail.state, mail.template, mail.attempts, mail.last_error, mail.user],
      ['waiting', 'reset-password', 0, null, null],
    );
    const shown = await well(operator, `mail show ${mail.id}`);
    assert.match(shown, /^template +reset-password$/m);
    assert.doesNotMatch(shown, /token|link|http/);
    assert.deepEqual(JSON.parse(await well(operator, `mail show ${mail.id} --json`)), mail);
    assert.match(await badly(operator, `mail retry ${mail.id}`, 1), /\(mail-not-found\)/);

    await db.transact(async (tx) => {
      const [due] = (await mailStore.listDue(tx, far, 9)).filter(({ id }) => id === mail.id);
      assert.ok(due && (await mailStore.claim(tx, due, far)));
      const claim = { id: mail.id, attempts: 1 };
      await mailStore.putOff(tx, claim, { dueAt: far, failures: 1, error: 'busy \u001b[31m' });
    });
    assert.match(await well(operator, 'mail list'), /reset-password +user-\d@example\.com +1 +busy \?\[31m$/m);
    assert.match(await well(operator, `mail retry ${mail.id}`), /is tried now\.$/m);
    assert.match(await badly(operator, `mail retry ${mail.id} --all`, 2), /an id|the id of a mail/);
    assert.match(await badly(operator, 'mail list --state lost', 2), /must be one of waiting, sent, given-up/);
    await db.close();
  });

  test('is passed by a test of the mail server, which says what that answers', async () => {
    using operator = createOperator();
    await using receiver = await startSmtpReceiver();
    const line = ['mail', 'test', 'ada@example.com'];
    const without = await operator.run(line);
    assert.equal(without.code, 1);
    assert.match(without.out, /set SMTP_URL and MAIL_FROM/);
    const { code, out } = await operator.run(line, env(receiver.url));
    assert.deepEqual([code, receiver.mails.map(({ to }) => to)], [0, [['ada@example.com']]]);
    assert.match(out, /has taken a mail to ada@example\.com on/);
    receiver.judge(() => ({ refuse: 550, text: '5.7.1 not from you' }));
    const refused = await operator.run([...line, '--json'], env(receiver.url));
    assert.equal(refused.code, 1);
    assert.match(JSON.parse(refused.out).reason, /5\.7\.1 not from you/);
  });
});

describe('the audit record', () => {
  const exportTo = async (operator: Operator, name: string, line = 'audit export') => {
    const path = join(operator.folder, name);
    writeFileSync(path, await well(operator, line), { flag: 'a' });
    return path;
  };

  test('is exported, and checked where there is no database and no configuration, with the public key alone', async () => {
    using operator = createOperator();
    await well(operator, 'user create --email ada@example.com --username ada', { input: password });
    const key = (await well(operator, 'audit key')).trim();
    const file = await exportTo(operator, 'export.ndjson');
    await well(operator, 'user disable ada');
    await exportTo(operator, 'export.ndjson', 'audit export --after 1 --json');
    await well(operator, 'audit seal');
    const witness = join(operator.folder, 'data', 'audit-witness');
    writeFileSync(join(operator.folder, 'key'), `${key}\n`);

    const elsewhere = { env: { PORT: 'none', DATA_DIR: '/nowhere' } };
    for (const named of [key, join(operator.folder, 'key')]) {
      const line = `audit verify ${file} --public-key ${named} --witness ${witness}`;
      assert.match(await well(operator, line, elsewhere), /^The audit record is whole\./);
      const told = JSON.parse(await well(operator, `${line} --json`, elsewhere));
      const { ok, first_bad: firstBad, rows, witnessed, rooted, warnings } = told;
      assert.deepEqual([ok, firstBad, rows, witnessed, rooted, warnings], [true, null, 2, 1, true, []]);
    }
    const bare = JSON.parse(await well(operator, `audit verify ${file} --json`, elsewhere));
    assert.deepEqual([bare.ok, bare.warnings.length], [true, 2]);
  });

  test('that was changed ends with 1, and with the first bad row, in the file and in the database', async () => {
    using operator = createOperator();
    await well(operator, 'user create --admin --email ada@example.com --username ada', { input: password });
    const file = await exportTo(operator, 'export.ndjson');
    const key = (await well(operator, 'audit key')).trim();
    writeFileSync(file, readFileSync(file, 'utf8').replace('role.assigned', 'role.unassigned'));
    const verify = `audit verify ${file} --public-key ${key}`;
    const inFile = await operator.run(verify.split(' '));
    assert.deepEqual([inFile.code, inFile.err], [1, '']);
    assert.match(
      inFile.out,
      /^THE AUDIT RECORD WAS ALTERED\. First: row 2 \(id 2\): altered: it is not what was sealed$/m,
    );
    const told = JSON.parse((await operator.run(`${verify} --json`.split(' '))).out);
    assert.deepEqual([told.ok, told.wrong, told.first_bad.seq, told.first_bad.kind], [false, 1, 2, 'altered']);

    const database = new DatabaseSync(join(operator.folder, 'data', 'keyward.db'));
    database.exec("update audit_events set event = 'user.restored' where seq = 1");
    database.close();
    const inDatabase = await operator.run(['audit', 'verify', '--json']);
    assert.equal(inDatabase.code, 1);
    assert.equal(JSON.parse(inDatabase.out).first_bad.seq, 1);
  });

  test('whose tail was cut off in the database is missed by the witness in the data directory', async () => {
    using operator = createOperator();
    await well(operator, 'user create --email ada@example.com --username ada', { input: password });
    const path = join(operator.folder, 'data', 'keyward.db');
    await well(operator, 'audit seal');
    const before = readFileSync(path);
    await well(operator, 'user disable ada');
    await well(operator, 'audit seal');
    writeFileSync(path, before);
    const { code, out } = await operator.run(['audit', 'verify', '--json']);
    assert.equal(code, 1);
    const { kind, seq } = JSON.parse(out).first_bad;
    assert.deepEqual([kind, seq], ['cut-off', 2]);
  });

  test('is chosen from by users, times and kinds, as far as asked', async () => {
    using operator = createOperator();
    for (const name of ['ada', 'bea']) {
      await well(operator, `user create --email ${name}@example.com --username ${name}`, { input: password });
      await well(operator, `user disable ${name}`);
    }
    const list = async (options: string) =>
      JSON.parse(await well(operator, `audit list ${options} --json`)).map((it: Record<string, unknown>) => [
        it.event,
        it.subject,
      ]);
    assert.deepEqual(await list('--subject bea'), [
      ['user.disabled', 2],
      ['user.created', 2],
    ]);
    assert.deepEqual(await list('--event user.created --order asc --limit 1'), [['user.created', 1]]);
    assert.deepEqual(await list('--since 2999-01-01'), []);
    assert.equal((await list('--until 2999-01-01T00:00:00Z --limit 1000')).length, 4);
    assert.deepEqual(await list('--subject 77'), [], 'the record outlives its users');
    for (const wrong of ['--since noon', '--order up', '--limit many']) {
      assert.match(await badly(operator, `audit list ${wrong}`, 2), /must be/);
    }
    assert.match(await badly(operator, 'audit list --actor nobody', 1), /\(user-not-found\)/);
  });

  test('what is no export, no key, no checkpoint', async () => {
    using operator = createOperator();
    const file = await exportTo(operator, 'export.ndjson');
    assert.match(await badly(operator, 'audit verify nowhere', 1), /nowhere cannot be used/);
    assert.match(await badly(operator, `audit verify ${file} --witness nowhere`, 1), /nowhere cannot be used/);
    assert.match(
      await badly(operator, `audit verify ${join(operator.folder, 'data/keyward.db')}`, 1),
      /no JSON object/,
    );
    assert.match(await badly(operator, `audit verify ${file} --public-key abc`, 2), /neither a key/);
    assert.match(await badly(operator, `audit verify ${file} --after x`, 2), /whole number/);
    assert.match(await badly(operator, 'audit export --after 5', 2), /no checkpoint of 5 rows/);
  });

  test('a witness that cannot be told is named, and ends with 1', async () => {
    using operator = createOperator();
    const env = { AUDIT_WITNESS: 'http://127.0.0.1:2/secret-path' };
    await well(operator, 'user create --email ada@example.com --username ada', { input: password });
    const { code, out } = await operator.run(['audit', 'seal'], { env });
    assert.equal(code, 1);
    assert.match(out, /The witness http:\/\/127\.0\.0\.1:2 was not told: ECONNREFUSED/);
    assert.match(await well(operator, 'audit seal', { env: { AUDIT_WITNESS: 'off' } }), /^Sealed 0 rows/);
    for (const wrong of ['ftp://x', 'http://example.com/', 'file:', 'https://user:secret@example.com/']) {
      const said = await badly(operator, 'audit seal', 1, { env: { AUDIT_WITNESS: wrong } });
      assert.match(said, /AUDIT_WITNESS/);
      assert.equal(said.includes('secret'), false);
    }
  });
});

describe('what is refused ends with 1 and says why', () => {
  test('the last administrator cannot be deleted or lose the role; a second one changes that', async () => {
    using operator = createOperator();
    const create = (name: string) => `user create --admin --email ${name}@example.com --username ${name}`;
    await well(operator, create('ada'), { input: password });
    assert.match(await badly(operator, 'user delete ada', 1), /\(last-admin\)/);
    assert.match(await badly(operator, 'role unassign admin ada', 1), /\(last-admin\)/);
    await well(operator, create('bea'), { input: password });
    await well(operator, 'user delete ada');
    assert.match(await badly(operator, 'user delete ada', 1), /There is no user ada\. \(user-not-found\)/);
  });

  test('an API key is made only for what its owner holds, and for some days', async () => {
    using operator = createOperator();
    await well(operator, 'user create --email ada@example.com --username ada', { input: password });
    await well(operator, 'permission register posts:publish');
    const create = 'api-key create ada --name ci --permission';
    assert.match(await badly(operator, `${create} posts:publish`, 1), /\(permission-not-held\)/);
    assert.match(await badly(operator, `${create} posts:burn`, 1), /There is no permission "posts:burn"/);
    assert.match(await badly(operator, `${create} posts:publish --never`, 1), /A key must expire here/);
    assert.match(await badly(operator, `${create} posts:publish --days 0`, 2), /--days takes a whole number/);
    assert.match(await badly(operator, `${create} posts:publish --days 1 --never`, 2), /give --days or --never/);
    assert.match(await badly(operator, 'api-key create ada --name ci', 2), /--permission is missing/);
    assert.match(await badly(operator, 'api-key create bea --name ci --permission a:b', 1), /\(user-not-found\)/);
    assert.match(await badly(operator, 'api-key revoke ada 000000000000000', 1), /\(api-key-not-found\)/);
    assert.match(await badly(operator, 'api-key revoke ada', 2), /give the id of an API key, or --all/);
    assert.equal(await well(operator, 'api-key list --json'), '[]\n');
  });

  test('the last administrator cannot be disabled, and a new password must be a good one', async () => {
    using operator = createOperator();
    await well(operator, 'user create --admin --email ada@example.com --username ada', { input: password });
    assert.match(await badly(operator, 'user disable ada', 1), /\(last-admin\)/);
    assert.match(await badly(operator, 'user password ada', 1, { input: 'ada' }), /^ {2}password: Use at least/m);
    assert.match(await badly(operator, 'user password ada', 2), /standard input, and there was none/);
    assert.match(await badly(operator, 'user disable bea', 1), /\(user-not-found\)/);
    assert.match(await badly(operator, 'user reset-password bea', 1), /\(user-not-found\)/);
    await well(operator, 'user create --email bea@example.com --username bea --no-password');
    await well(operator, 'user disable bea');
    for (const line of ['user reset-password bea', 'user reset-password bea --print'])
      assert.match(await badly(operator, line, 1), /\(user-disabled\)/);
  });

  test('what is built in stays, and a permission that a role holds is only removed with --force', async () => {
    using operator = createOperator();
    for (const line of ['role delete admin', 'role update admin --name root', 'role preview 1 --delete'])
      assert.match(await badly(operator, line, 1), /\(built-in-role\)/);
    assert.match(await badly(operator, 'permission remove users:delete --force', 1), /\(built-in-permission\)/);
    assert.match(await badly(operator, 'permission remove posts:publish', 1), /\(permission-not-found\)/);
    for (const line of ['role show editor', 'role delete 2', 'role update 02 --name x'])
      assert.match(await badly(operator, line, 1), /\(role-not-found\)/);
    await well(operator, 'permission register posts:publish');
    await well(operator, 'role create editor --permission posts:publish');
    const said = await badly(operator, 'permission remove posts:publish', 1);
    assert.match(said, /These roles hold it: editor\. \(permission-in-use\)/);
    assert.match(await badly(operator, 'role update editor --add posts:read', 1), /permissions\/1: There is no/);
  });

  test('users are searched, changed and shut out in no way that the API would not take', async () => {
    using operator = createOperator();
    await well(operator, 'user create --admin --email ada@example.com --username ada', { input: password });
    await well(operator, 'user create --email bea@example.com --username bea', { input: password });
    for (const wrong of ['--status gone', '--sort id', '--limit 0', '--limit x', '--id x', '--created-after soon']) {
      await badly(operator, `user list ${wrong}`, 2);
    }
    assert.match(await badly(operator, 'user list --email a --username b', 1), /\(list-not-offered\)/);
    assert.match(await badly(operator, 'user list --role nobody', 1), /There is no role with this name/);
    assert.match(await badly(operator, 'user update bea', 2), /give --email or --username/);
    assert.match(await badly(operator, 'user update bea --email ADA@example.com', 1), /\(email-taken\)/);
    assert.match(await badly(operator, 'user update bea --username @', 1), /^ {2}username: /m);
    assert.match(await badly(operator, 'user disable bea --until 2020-01-01', 1), /^ {2}until: Give an instant/m);
    await badly(operator, 'user disable bea --until 2020-02-30x', 2);
    assert.match(await badly(operator, 'user disable ada --until 2999-01-01', 1), /\(last-admin\)/);
    assert.match(await badly(operator, 'user purge bea', 2), /give the id/);
    assert.match(await badly(operator, 'user purge 2', 1), /only who was deleted can be purged/);
    for (const unknown of ['user show 9', 'user export 9', 'user show cyd', 'user update cyd --username x']) {
      assert.match(await badly(operator, unknown, 1), /\(user-not-found\)/);
    }
    assert.match(await badly(operator, 'user create --email c@d.ee --username c --hash --no-password', 2), /not both/);
  });

  test('sessions are ended by their id or all together, and nothing in between', async () => {
    using operator = createOperator();
    await well(operator, 'user create --email ada@example.com --username ada', { input: password });
    for (const line of ['session end ada', `session end ada ${'A'.repeat(22)} --all`]) {
      assert.match(await badly(operator, line, 2), /give the id of a session, or --all/);
    }
    for (const id of [`-- ${'-'.repeat(22)}`, 'A'.repeat(22)]) {
      assert.match(await badly(operator, `session end ada ${id}`, 1), /This user has no .*\(session-not-found\)/);
    }
    assert.match(await badly(operator, 'session list bea', 1), /\(user-not-found\)/);
  });

  test('a user who was disabled comes back disabled, and permissions are told as the API tells them', async () => {
    using operator = createOperator();
    await well(operator, 'user create --email ada@example.com --username ada', { input: password });
    await well(operator, 'user disable ada');
    await well(operator, 'user delete 1');
    const told = JSON.parse(await well(operator, 'user restore 1 --json'));
    assert.deepEqual(told, { id: 1, status: 'disabled' });
    assert.match(await well(operator, 'user list'), /^1 +ada .*disabled$/m);
    const [permission] = JSON.parse(await well(operator, 'permission list --json'));
    assert.deepEqual(Object.keys(permission).sort(), ['built_in', 'description', 'name']);
  });

  test('a deleted user whose name was taken meanwhile cannot be restored', async () => {
    using operator = createOperator();
    const create = 'user create --email ada@example.com --username';
    await well(operator, `${create} ada`, { input: password });
    assert.match(await badly(operator, 'user restore 1', 1), /no deleted user/);
    await well(operator, 'user delete 1');
    await well(operator, `${create} someone-else`, { input: password });
    assert.match(await badly(operator, 'user restore 1', 1), /\(email-taken\)/);
    assert.match(await well(operator, 'user list'), /^2 +someone-else/m);
  });

  test('names, passwords, roles and permissions that are not good', async () => {
    using operator = createOperator();
    const bad = 'user create --email nowhere --username a@b';
    const said = await badly(operator, bad, 1, { input: 'password' });
    assert.match(said, /\(validation-failed\)/);
    for (const field of ['email', 'username', 'password']) assert.match(said, new RegExp(`^ {2}${field}: `, 'm'));
    const errors = JSON.parse(await badly(operator, `${bad} --json`, 1, { input: 'password' })).errors;
    assert.deepEqual(errors.map((it: { pointer: string }) => it.pointer).sort(), ['/email', '/password', '/username']);
    const unknown = 'role create editor --permission users:delete --permission posts:publish';
    assert.match(await badly(operator, unknown, 1), /permissions\/1: There is no permission "posts:publish"\./);
    const told = JSON.parse(await badly(operator, `${unknown} --json`, 1));
    assert.deepEqual([told.error, told.errors[0].pointer], ['validation-failed', '/permissions/1']);
  });

  test('what is called the wrong way ends with 2 before anything happens', async () => {
    using operator = createOperator();
    const create = 'user create --email ada@example.com --username ada';
    assert.match(await badly(operator, create, 2), /standard input, and there was none/);
    assert.match(await badly(operator, 'permission register publish', 2), /not resource:action/);
    assert.match(await badly(operator, 'user restore ada', 2), /give the id/);
    assert.equal(await well(operator, 'user list --json'), '[]\n');
  });

  test('a password as an argument, where every user of the machine could read it', async () => {
    using operator = createProcessOperator();
    const create = 'user create --email ada@example.com --username ada';
    const said = await badly(operator, `${create} --password hunter2hunter2`, 2, { input: password });
    assert.match(said, /Unknown option '--password'\nusage: keyward user create/);
    assert.equal(said.includes('hunter2'), false);
    assert.deepEqual(readdirSync(operator.folder), [], 'nothing was made');
    assert.match(await badly(operator, create, 2), /standard input, and there was none/);
  });
});

describe('the configuration', () => {
  const secrets = {
    SECRET_KEY: 'a secret key that nobody must ever see',
    ADMIN_EMAIL: 'ada@example.com',
    ADMIN_PASSWORD: 'a password that nobody must see',
    DATABASE_URL: 'postgresql://keyward:seekrit@db:5432/keyward',
  };

  test('is printed with its secrets masked', async () => {
    using operator = createProcessOperator();
    writeFileSync(join(operator.folder, '.env'), 'ACCESS_TOKEN_EXPIRE_MINUTES=5\nACCESS_TOKEN_EXPIRES=7\n');
    const { code, out, err } = await operator.run(['config', 'print'], { env: secrets });
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /SECRET_KEY=\[secret\] +\(environment\)/);
    assert.match(out, /ADMIN_PASSWORD=\[secret\] +\(environment\)/);
    assert.match(out, /DATABASE_URL=postgres:\/\/keyward@db:5432\/keyward +\(environment\)/);
    assert.match(out, /ACCESS_TOKEN_EXPIRE_MINUTES=5 +\(\.env\)/);
    using inside = createOperator();
    const json = await well(inside, 'config print --json', { env: secrets });
    for (const printed of [out, json]) assert.doesNotMatch(printed, /nobody must see|seekrit/);
  });

  test('takes no folder of templates with faults, and names them all', async () => {
    using operator = createOperator();
    const env = { MAIL_TEMPLATES_DIR: join(operator.folder, 'texts') };
    assert.match(await badly(operator, 'mail preview sign-in', 1, { env }), /texts cannot be used: a part of the path/);
    mkdirSync(join(operator.folder, 'texts/en'), { recursive: true });
    writeFileSync(join(operator.folder, 'texts/en/sign-in.txt'), 'Hello {{user}}');
    writeFileSync(join(operator.folder, 'texts/notes'), '');
    for (const line of ['mail preview invitation', 'user list']) {
      const said = await badly(operator, line, 1, { env });
      assert.match(said, /^ {2}en\/sign-in\.txt must hold \{\{link\}\}/m);
      assert.match(said, /^ {2}en\/sign-in\.txt:1 \{\{user\}\} is unknown here; there are brand, /m);
      assert.match(said, /^ {2}notes has no known name/m);
    }
    assert.match(await badly(operator, 'mail preview nothing', 2), /<template> must be one of verify-email, /);
  });

  test('is refused with all that is wrong in it together, by every command that reads it', async () => {
    using operator = createOperator();
    const env = {
      NODE_ENV: 'production',
      PORT: 'x',
      HOST: 'a b',
      SECRET_KEY: 'hunter2',
      DATABASE_URL: 'oracle://db/x',
    };
    for (const line of ['config print', 'serve', 'user list', 'migrate', 'migrate plan']) {
      const said = await badly(operator, line, 1, { env });
      assert.match(said, /^error: 5 settings are wrong:$/m);
      for (const variable of ['PORT', 'HOST', 'SECRET_KEY', 'PUBLIC_URL', 'DATABASE_URL']) {
        assert.match(said, new RegExp(`^  ${variable}\\b`, 'm'));
      }
      assert.match(said, /supported are sqlite, postgresql/);
      assert.equal(said.includes('hunter2'), false);
    }
    assert.equal(JSON.parse(await badly(operator, 'config print --json', 1, { env })).error, 'ConfigRefused');
  });

  test('warns of a name that looks misspelt, and goes on', async () => {
    using operator = createProcessOperator();
    writeFileSync(join(operator.folder, '.env'), 'SECRT_KEY=x\n');
    const { code, err } = await operator.run(['config', 'print']);
    assert.equal(code, 0);
    assert.match(err, /^warning: .*SECRT_KEY.*did you mean SECRET_KEY\?\n$/);
  });
});

describe('a place where it cannot work', () => {
  test('a data directory that cannot be written', async () => {
    using operator = createOperator();
    writeFileSync(join(operator.folder, 'file'), '');
    for (const place of ['file', 'file/data']) {
      const said = await badly(operator, 'user list', 1, { env: { DATA_DIR: join(operator.folder, place) } });
      assert.match(said, /^error: .*file\/.*cannot be used[\s\S]*Check DATA_DIR/);
    }
  });

  test('a file that is no database', async () => {
    using operator = createOperator();
    writeFileSync(join(operator.folder, 'notes.db'), 'Dear diary, this is surely no database.'.repeat(50));
    const env = { DATABASE_URL: `sqlite:///${join(operator.folder, 'notes.db')}` };
    assert.match(await badly(operator, 'user list', 1, { env }), /no SQLite database[\s\S]*DATABASE_URL/);
  });

  test('a database server that is not there: its address, and never the password', async () => {
    using operator = createOperator();
    const env = { DATABASE_URL: 'postgresql+asyncpg://keyward:seekrit@127.0.0.1:1/keyward' };
    const said = await badly(operator, 'user list', 1, { env });
    assert.match(said, /\(database-unavailable\)\n.*ECONNREFUSED 127\.0\.0\.1:1\n {2}Check DATABASE_URL/);
    assert.equal(said.includes('seekrit'), false);
  });

  test('a database that was sealed with another SECRET_KEY', async () => {
    using operator = createOperator();
    await well(operator, 'user list');
    const env = { SECRET_KEY: 'another key than the one in the folder' };
    assert.match(await badly(operator, 'user list', 1, { env }), /SECRET_KEY is not the one[\s\S]*Set SECRET_KEY to/);
    assert.equal(JSON.parse(await badly(operator, 'user list --json', 1, { env })).error, 'WrongSecretKey');
    await well(operator, 'user list');
  });

  test('a Node that is too old', async () => {
    using operator = createProcessOperator();
    const pretend = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "22.20.0" } })';
    const nodeOptions = ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`];
    assert.match(await badly(operator, 'version', 1, { nodeOptions }), /needs Node 24\.7 or later; this is 22\.20\.0/);
  });

  test('a Node so old that it lacks what we import still reads the entry: it imports nothing before it has looked', () => {
    const code = codeOf(readFileSync(entry, 'utf8'));
    assert.doesNotMatch(code, /^\s*import\s*[\w{*'"]/m);
    assert.match(code, /await import\(/);
    assert.equal(entry.startsWith(serverFolder), true);
  });
});
