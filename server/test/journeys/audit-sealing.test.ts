/** How the record is sealed: by several nodes at once, after an upgrade, through a change of SECRET_KEY; and what witnesses are told. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { asUserId } from '../../src/kernel/ids.ts';
import {
  checkExport,
  createTestWitness,
  exported,
  publicKeys,
  purge,
  type SealedServer,
  startSealedServer,
} from '../support/audit.ts';
import { behind } from '../support/behind.ts';
import { createClient } from '../support/client.ts';
import { openTestDatabase } from '../support/databases/index.ts';
import { createPausingDatabase } from '../support/pausing-database.ts';
import { ada, bea, logIn, signUp } from '../support/people.ts';
import { createTestClock } from '../support/ports.ts';
import { startServer, type TestServer } from '../support/server.ts';

const makeRole = ({ features }: TestServer, name: string) =>
  features.roles.createRole({ name, description: '', permissions: [], by: undefined });

interface SealedColumns {
  readonly id: number;
  readonly seq: number | null;
  readonly proof: string | null;
}

const rowsOf = ({ db }: TestServer) =>
  behind<SealedColumns>(db, (it) => it.selectFrom('audit_events').select(['id', 'seq', 'proof']).orderBy('id'));

test('two nodes that record and seal at once number each row once, without a gap', async () => {
  const world = { db: await openTestDatabase(), clock: createTestClock() };
  try {
    await using here = await startServer(world);
    await using there = await startServer(world);
    let writing = true;
    const sealer = async ({ features: { audit } }: TestServer) => {
      let sealed = 0;
      while (writing) {
        sealed += (await audit.seal.turn()).rows;
        await new Promise(setImmediate);
      }
      return sealed;
    };
    const sealers = [here, there, here, there].map(sealer);
    const writer = async (node: TestServer, name: string) => {
      for (let count = 0; count < 25; count += 1) await makeRole(node, `${name} ${count}`);
    };
    await Promise.all([writer(here, 'a'), writer(there, 'b'), writer(here, 'c'), writer(there, 'd')]);
    writing = false;
    const counts = await Promise.all(sealers);
    await Promise.all([here.features.audit.seal.all(), there.features.audit.seal.all()]);
    const seqs = (await rowsOf(here)).map(({ seq }) => seq ?? 0).toSorted((a, b) => a - b);
    assert.deepEqual(
      seqs,
      Array.from({ length: 100 }, (_, place) => place + 1),
    );
    assert.ok(
      counts.some((count) => count > 0),
      'they sealed while others wrote',
    );
    for (const { features } of [here, there]) {
      const { ok, rows, findings } = await features.audit.verify();
      assert.deepEqual([ok, rows, findings], [true, 100, []]);
    }
  } finally {
    await world.db.close();
  }
});

test('a check that runs while others record, seal and purge finds nothing wrong', async () => {
  await using server = await startSealedServer();
  let writing = true;
  const write = async () => {
    for (let count = 0; count < 30; count += 1) {
      await makeRole(server, `role ${count}`);
      if (count % 5 === 0) await server.audit.seal.turn();
      if (count === 10) await purge(server, asUserId(1));
      if (count === 20) await purge(server, asUserId(2));
    }
    writing = false;
  };
  const check = async () => {
    for (let checks = 0; writing || checks === 0; checks += 1) {
      assert.deepEqual((await server.audit.verify()).findings, []);
      assert.deepEqual((await server.checkExport()).findings, []);
    }
  };
  await Promise.all([write(), check()]);
});

test('of more than a batch, each is sealed by a checkpoint of its own, and all hold together', async () => {
  await using server = await startServer();
  await server.db.transact(async (tx) => {
    for (let count = 0; count < 300; count += 1) {
      await server.features.audit.record(tx, { event: 'role.created', object: `${count}` });
    }
  });
  const { audit } = server.features;
  assert.deepEqual(await audit.seal.turn(), { rows: 300, unproven: 0, more: false });
  const { ok, rows, checkpoints, rooted } = await audit.verify();
  assert.deepEqual([ok, rows, checkpoints, rooted], [true, 300, 5, true]);
  assert.deepEqual(await audit.seal.turn(), { rows: 0, unproven: 0, more: false });
});

describe('rows of before the upgrade', () => {
  const legacy = (at: number, says: object = {}) => ({
    at,
    event: 'session.started',
    outcome: 'success',
    actor_id: 1,
    subject_id: 1,
    ip: '192.0.2.7',
    ...says,
  });
  const insert = ({ db }: TestServer, ...rows: object[]) =>
    behind(db, (it) => it.insertInto('audit_events').values(rows));

  test('are sealed as they were found; their addresses move to where they can be erased', async () => {
    await using server = await startServer();
    const { audit } = server.features;
    await insert(server, legacy(1), legacy(2, { actor_id: null, subject_id: 2 }), legacy(3, { ip: null }));
    assert.deepEqual((await audit.verify()).findings, [], 'nothing is wrong with them before either');
    await audit.seal.all();
    const proofs = (await rowsOf(server)).map(({ proof }) => proof);
    assert.deepEqual(proofs, ['before', 'before', 'before']);
    assert.deepEqual(
      (await audit.list(server.db, 0)).map(({ ip }) => ip),
      ['192.0.2.7', '192.0.2.7', undefined],
    );
    assert.deepEqual((await audit.verify()).findings, []);
    await purge(server, asUserId(2));
    assert.deepEqual(
      (await audit.list(server.db, 0)).map(({ ip }) => ip),
      ['192.0.2.7', undefined, undefined, undefined],
    );
    assert.deepEqual((await audit.verify()).findings, []);
    const { findings, erased } = await checkExport(audit, await exported(audit));
    assert.deepEqual([findings, erased], [[], 1]);
    await behind(server.db, (it) => it.updateTable('audit_events').set({ event: 'user.created' }).where('id', '=', 1));
    assert.equal((await audit.verify()).findings[0]?.seq, 1);
  });

  test('a purge before they are sealed takes their addresses as well', async () => {
    await using server = await startServer();
    await insert(server, legacy(1), legacy(2, { actor_id: null, subject_id: 1 }), legacy(3, { actor_id: 2 }));
    await purge(server, asUserId(1));
    const ips = (await server.features.audit.list(server.db, 0)).map(({ ip }) => ip);
    assert.deepEqual(ips, [undefined, undefined, '192.0.2.7', undefined]);
    await server.features.audit.seal.all();
    assert.deepEqual((await server.features.audit.verify()).findings, []);
  });

  test('a purge between the look of a sealer and its change: the sealer looks again, and puts no address back', async () => {
    const db = await openTestDatabase();
    try {
      await using server = await startServer({ db });
      const { db: slow, pauseAt } = createPausingDatabase(db);
      await using node = await startServer({ db: slow, clock: server.clock });
      await insert(server, legacy(1), legacy(2, { actor_id: 2 }));
      const pause = pauseAt('begin');
      const sealing = node.features.audit.seal.all();
      await pause.reached;
      await purge(server, asUserId(1));
      pause.resume();
      assert.deepEqual(await sealing, { rows: 3, unproven: 0, more: false });
      const ips = (await server.features.audit.list(db, 0)).map(({ ip }) => ip);
      assert.deepEqual(ips, [undefined, '192.0.2.7', undefined]);
      const kept = await behind<{ value: string }>(db, (it) => it.selectFrom('audit_personal').selectAll());
      assert.deepEqual(
        kept.map(({ value }) => value),
        ['192.0.2.7'],
      );
      assert.deepEqual((await server.features.audit.verify()).findings, []);
    } finally {
      await db.close();
    }
  });

  test('what comes in their form once sealing has begun is sealed as unproven, and named', async () => {
    await using server = await startServer();
    await insert(server, legacy(1));
    await server.features.audit.seal.all();
    await insert(server, legacy(2));
    assert.deepEqual(await server.features.audit.seal.all(), { rows: 1, unproven: 1, more: false });
    const [finding] = (await server.features.audit.verify()).findings;
    assert.deepEqual([finding?.kind, finding?.seq, finding?.id], ['unproven', 2, 2]);
    await assert.rejects(async () => {
      await insert(server, legacy(3));
      await server.features.audit.upkeep();
    }, /1 rows of the audit record were changed or inserted/);
  });
});

test('SECRET_KEY changes: the key of the record stays, and all that it has made is checked', async () => {
  const world = { db: await openTestDatabase(), clock: createTestClock() };
  const [old, young] = ['the old secret key, long enough to be one', 'the new secret key, long enough to be one'];
  try {
    const texts: (string | undefined)[] = [];
    for (const keys of [
      { secretKey: old },
      { secretKey: young, formerSecretKeys: [old] },
      { secretKey: young },
    ] as const) {
      await using node = await startServer({ ...world, ...keys });
      await makeRole(node, `role ${texts.length}`);
      // One row is sealed under the next key.
      await node.features.audit.seal.all();
      await makeRole(node, `late role ${texts.length}`);
      const { ok, pending } = await node.features.audit.verify();
      assert.deepEqual([ok, pending], [true, 1]);
      texts.push(node.features.audit.publicKeys[0]?.text);
    }
    assert.equal(new Set(texts).size, 1);
    await assert.rejects(startServer({ ...world, secretKey: old }), { name: 'WrongSecretKey' });
  } finally {
    await world.db.close();
  }
});

describe('a record that does not hold at its end', () => {
  const breaks: Readonly<Record<string, (server: SealedServer) => Promise<unknown>>> = {
    'its last checkpoint is gone': (server) =>
      server.sql((it) => it.deleteFrom('audit_checkpoints').where('size', '>', 9)),
    'its last checkpoint was changed': (server) =>
      server.sql((it) => it.updateTable('audit_checkpoints').set({ note: 'no note' }).where('size', '>', 9)),
    'its head is gone': (server) => server.sql((it) => it.deleteFrom('audit_head')),
    'its head was changed': (server) => server.sql((it) => it.updateTable('audit_head').set({ frontier: 'AAAA' })),
  };
  for (const [what, break_] of Object.entries(breaks)) {
    test(`${what}: nothing more is sealed, until its operator goes on with it`, async () => {
      await using server = await startSealedServer();
      await break_(server);
      await makeRole(server, 'more');
      await assert.rejects(server.audit.seal.all(), { name: 'AuditRecordBroken' });
      await assert.rejects(server.audit.seal.turn(), { name: 'AuditRecordBroken' });
      assert.equal((await server.audit.verify()).ok, false);
      const size = await server.audit.resume();
      assert.ok(size >= 9);
      await server.audit.seal.all();
      assert.deepEqual((await server.audit.verify()).findings, [], 'no row was lost or changed');
      const { ok, findings } = await server.check();
      if (what.includes('head')) assert.ok(ok);
      else assert.equal(findings[0]?.kind, 'witness', 'the witness still has the checkpoint of before');
      const events = await server.audit.list(server.db, 0);
      assert.deepEqual([events.at(-1)?.event, events.at(-1)?.object], ['audit.resumed', String(size)]);
    });
  }

  test('a row that was changed behind the last good checkpoint is unproven from then on', async () => {
    await using server = await startSealedServer();
    await server.sql((it) => it.updateTable('audit_events').set({ object: 'another' }).where('seq', '=', 11));
    await server.sql((it) => it.deleteFrom('audit_checkpoints').where('size', '>', 9));
    await server.audit.resume();
    assert.deepEqual(
      (await server.audit.verify()).findings.map(({ kind, seq }) => [kind, seq]),
      [['unproven', 11]],
    );
  });

  test('SECRET_KEY is lost: with a new key it goes on, and the old public key vouches for what was before', async () => {
    const world = { db: await openTestDatabase(), clock: createTestClock() };
    try {
      await using before = await startServer(world);
      await makeRole(before, 'before');
      await before.features.audit.seal.all();
      const trusted = publicKeys(before.features.audit);
      await behind(world.db, (it) => it.deleteFrom('audit_keys'));
      await behind(world.db, (it) => it.deleteFrom('signing_keys'));
      await using after = await startServer({ ...world, secretKey: 'a new secret key, and nobody knows the old one' });
      const { audit } = after.features;
      await makeRole(after, 'after');
      await assert.rejects(audit.seal.all(), { name: 'AuditRecordBroken' });
      assert.equal(await audit.resume(), 1);
      await makeRole(after, 'and on');
      await audit.seal.all();
      assert.deepEqual((await audit.verify({ trusted })).findings, []);
      assert.deepEqual(
        (await audit.verify()).findings.map(({ kind, seq }) => [kind, seq]),
        [['checkpoint', 1]],
        'without it, nobody vouches',
      );
    } finally {
      await world.db.close();
    }
  });
});

describe('witnesses', () => {
  test('are told the newest checkpoint, once, also one that another node or a dead one has made', async () => {
    const witness = createTestWitness();
    const world = { db: await openTestDatabase(), clock: createTestClock() };
    try {
      await using dead = await startServer(world);
      await makeRole(dead, 'one');
      // It dies between the commit of the checkpoint and the line of the witness.
      await dead.features.audit.seal.all();
      await using node = await startServer({ ...world, witnesses: [witness] });
      await node.features.audit.upkeep();
      assert.equal(witness.lines.length, 1);
      const { size, checkpoint } = JSON.parse(witness.lines[0] ?? '{}');
      const newest = await node.features.audit.checkpoints.newest();
      assert.deepEqual([size, checkpoint], [1, newest?.note]);
      for (let turn = 0; turn < 40; turn += 1) await node.features.audit.upkeep();
      assert.equal(witness.lines.length, 1, 'what it knows it is not told again');
      await makeRole(node, 'two');
      await node.features.audit.upkeep();
      assert.equal(witness.lines.length, 2);
      assert.equal((await node.features.audit.verify({ witness: witness.lines })).witnessed, 2);
    } finally {
      await world.db.close();
    }
  });

  test('one that fails or never answers holds up nobody: others are told, rows are sealed, and it is asked again', async () => {
    const good = createTestWitness();
    const asked: number[] = [];
    let fails = true;
    await using server = await startServer({
      witnesses: [
        { name: 'silent', tell: () => new Promise(() => {}) },
        {
          name: 'broken',
          tell: async ({ size }) => {
            asked.push(size);
            if (fails) throw new Error('status 500');
          },
        },
        good,
      ],
    });
    const { audit } = server.features;
    for (let turn = 0; turn < 6; turn += 1) {
      await makeRole(server, `role ${turn}`);
      await audit.upkeep();
      await new Promise(setImmediate);
    }
    assert.equal(good.lines.length, 6);
    assert.deepEqual(asked, [1], 'not at every turn');
    const warnings = () => server.log.filter((line) => line.includes('witness broken of the audit record'));
    assert.equal(warnings().length, 1);
    server.clock.advance(1_000);
    await makeRole(server, 'more');
    await audit.upkeep();
    await new Promise(setImmediate);
    assert.deepEqual(asked, [1, 7]);
    fails = false;
    server.clock.advance(2_000);
    await makeRole(server, 'still more');
    await audit.upkeep();
    assert.deepEqual(asked, [1, 7, 8]);
    assert.equal(warnings().length, 1, 'and the log is told once in ten minutes');
    assert.equal((await audit.verify()).pending, 0);
  });
});

test('an idle node asks nothing: it looks after something was recorded, and every thirty turns', async () => {
  await using server = await startServer();
  const { audit } = server.features;
  for (let turn = 0; turn < 5; turn += 1) await audit.upkeep();
  // Behind its back, as another node would.
  await using other = await startServer({ db: server.db, clock: server.clock });
  await makeRole(other, 'elsewhere');
  for (let turn = 5; turn < 29; turn += 1) await audit.upkeep();
  assert.equal((await audit.verify()).pending, 1);
  await audit.upkeep();
  assert.equal((await audit.verify()).pending, 0);
});

test('what is recorded of a login that fails: for whom, and of a name that nobody has a hash', async () => {
  await using server = await startServer();
  const call = createClient(server.url);
  await signUp(call, ada);
  await server.newEvents();
  const refused = { event: 'login.failed', outcome: 'refused', reason: 'invalid-credentials', ip: '127.0.0.1' };
  const fail = (email: string) => call('POST', '/login', { json: { email, password: 'not her password' } });
  await fail('ADA@example.com');
  await fail(ada.password);
  await fail(ada.password);
  await fail('somebody else');
  const [known, ...unknown] = await server.newEvents();
  assert.deepEqual(known, { ...refused, subject: 1 });
  const objects = unknown.map(({ object }) => object);
  for (const [place, event] of unknown.entries()) assert.deepEqual(event, { ...refused, object: objects[place] });
  assert.match(objects[0] ?? '', /^name:[\w-]{22}$/);
  assert.equal(objects[0], objects[1], 'that it is the same name can be seen');
  assert.notEqual(objects[0], objects[2]);
  const everything = JSON.stringify(await behind(server.db, (it) => it.selectFrom('audit_events').selectAll()));
  assert.equal(everything.includes(ada.password), false, 'a password in the field of the name is not kept');
  assert.equal(everything.includes('127.0.0.1'), false, 'nor does a row hold an address');
  await logIn(call, ada);
  await signUp(call, bea);
});
