/** Whoever can write to the database with SQL, and not more, changes the record: each time the check names the first bad row. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Finding, Verification } from '../../src/features/audit/index.ts';
import { asUserId } from '../../src/kernel/ids.ts';
import { checkExport, exported, purge, type SealedServer, startSealedServer } from '../support/audit.ts';
import { behind } from '../support/behind.ts';

const first = ({ findings: [finding] }: Verification) => finding && { kind: finding.kind, seq: finding.seq };

/** The record is whole, in the database and as an export. */
async function assertWhole(server: SealedServer): Promise<void> {
  for (const found of [await server.check(), await server.checkExport()]) assert.deepEqual(found.findings, []);
}

/** Both checks name this first. */
async function assertFound(server: SealedServer, kind: Finding['kind'], seq: number): Promise<void> {
  assert.deepEqual(first(await server.check()), { kind, seq }, 'in the database');
  assert.deepEqual(first(await server.checkExport()), { kind, seq }, 'in an export');
}

const update = (server: SealedServer, seq: number, set: object) =>
  server.sql((it) => it.updateTable('audit_events').set(set).where('seq', '=', seq));

const remove = (server: SealedServer, from: number, to = from) =>
  server.sql((it) => it.deleteFrom('audit_events').where('seq', '>=', from).where('seq', '<=', to));

const sizes = async (server: SealedServer): Promise<number[]> =>
  (await server.audit.checkpoints.list(0, 100)).map(({ size }) => size);

test('a record that nobody has touched is whole', async () => {
  await using server = await startSealedServer();
  const { rows, checkpoints, witnessed, pending, rooted } = await server.check();
  assert.deepEqual([checkpoints, witnessed, pending, rooted], [3, 3, 0, true]);
  assert.equal(rows, (await sizes(server)).at(-1));
  await assertWhole(server);
});

describe('a sealed row that is changed is named', () => {
  const changes = {
    at: 1,
    event: 'user.restored',
    outcome: 'refused',
    reason: 'another',
    actor_id: 77,
    subject_id: 77,
    session_id: 'x'.repeat(22),
    object: 'another',
    uid: '00000000-0000-7000-8000-000000000000',
    api_key: 'kw',
    ip_digest: 'x'.repeat(43),
    note_digest: 'x'.repeat(43),
    mac: 'x'.repeat(43),
    format: 0,
    proof: 'before',
  };
  for (const [column, value] of Object.entries(changes)) {
    test(`in its column ${column}, also when it is emptied`, async () => {
      await using server = await startSealedServer();
      const [row = {}] = await server.sql<Record<string, unknown>>((it) =>
        it.selectFrom('audit_events').selectAll().where('seq', '=', 6),
      );
      await update(server, 6, { [column]: value });
      await assertFound(server, 'altered', 6);
      await update(server, 6, { [column]: row[column] });
      await assertWhole(server);
      if (row[column] === null || ['at', 'event', 'outcome'].includes(column)) return;
      await update(server, 6, { [column]: null });
      await assertFound(server, 'altered', 6);
    });
  }

  test('in its id', async () => {
    await using server = await startSealedServer();
    await update(server, 6, { id: 1_000_000 });
    await assertFound(server, 'altered', 6);
  });

  test('in what no export holds: its link of the chain, and an address written into it', async () => {
    await using server = await startSealedServer();
    const [{ chain } = { chain: '' }] = await server.sql<{ chain: string }>((it) =>
      it.selectFrom('audit_events').select('chain').where('seq', '=', 6),
    );
    for (const set of [{ chain: 'x'.repeat(43) }, { chain: null }, { chain, ip: '192.0.2.1' }]) {
      await update(server, 6, set);
      assert.deepEqual(first(await server.check()), { kind: 'altered', seq: 6 });
    }
  });

  test('of several the first', async () => {
    await using server = await startSealedServer();
    for (const seq of [9, 3, 5]) await update(server, seq, { object: 'another' });
    await assertFound(server, 'altered', 3);
    assert.equal((await server.check()).wrong, 3);
  });
});

describe('rows that are removed are named', () => {
  for (const [which, seq] of [
    ['first', 1],
    ['last of a checkpoint', 4],
    ['in the middle', 6],
  ] as const) {
    test(`the ${which}`, async () => {
      await using server = await startSealedServer();
      await remove(server, seq);
      await assertFound(server, 'missing', seq);
    });
  }

  test('the last, and the whole tail, also behind a checkpoint', async () => {
    await using server = await startSealedServer();
    const last = (await sizes(server)).at(-1) ?? 0;
    await remove(server, last);
    await assertFound(server, 'cut-off', last);
    await remove(server, 3, last);
    await assertFound(server, 'cut-off', 3);
  });

  test('by taking their numbers: they are sealed anew as what they are, and their old places are empty', async () => {
    await using server = await startSealedServer();
    await update(server, 6, { seq: null });
    await server.seal();
    const found = await server.check();
    assert.deepEqual(first(found), { kind: 'missing', seq: 6 });
    await assertFound(server, 'missing', 6);
  });
});

describe('rows that are put in are named', () => {
  const forged = { at: 5, event: 'role.assigned', outcome: 'success', subject_id: 2, object: 'admin' };

  const copyOf = async (server: SealedServer, seq: number) => {
    const [row = {}] = await server.sql<Record<string, unknown>>((it) =>
      it.selectFrom('audit_events').selectAll().where('seq', '=', seq),
    );
    const { id: _id, ...rest } = row;
    return rest;
  };

  const insert = (server: SealedServer, row: object) => server.sql((it) => it.insertInto('audit_events').values(row));

  test('behind the last, with the next number', async () => {
    await using server = await startSealedServer();
    const last = (await sizes(server)).at(-1) ?? 0;
    await insert(server, { ...forged, seq: last + 1, proof: 'mac', format: 1 });
    assert.deepEqual(first(await server.check()), { kind: 'inserted', seq: last + 1 });
  });

  test('with the number of another row', async () => {
    await using server = await startSealedServer();
    await insert(server, { ...forged, seq: 6, proof: 'mac', format: 1 });
    await assertFound(server, 'inserted', 6);
  });

  test('without a number, in the form of an older release: it is sealed as unproven', async () => {
    await using server = await startSealedServer();
    await insert(server, forged);
    assert.equal(first(await server.check())?.kind, 'unproven');
    const { unproven } = await server.audit.seal.all();
    assert.equal(unproven, 1);
    await assertFound(server, 'unproven', (await sizes(server)).at(-1) ?? 0);
  });

  test('as a copy of a good row with its MAC: its uid is taken; and where that index was dropped, the sealer sees it', async () => {
    await using server = await startSealedServer();
    // Of a row without personal data, whose absence would be found as well.
    const copy = { ...(await copyOf(server, (await sizes(server)).at(-1) ?? 0)), seq: null, proof: null, chain: null };
    await assert.rejects(insert(server, copy));
    await server.sql((it) => {
      const dropped = it.schema.dropIndex('audit_events_uid_unique');
      return (server.db.dialect.name === 'mysql' ? dropped.on('audit_events') : dropped) as never;
    });
    await insert(server, copy);
    await insert(server, copy);
    await server.seal();
    const last = (await sizes(server)).at(-1) ?? 0;
    await assertFound(server, 'unproven', last - 1);
    assert.equal((await server.check()).wrong, 2);
  });
});

describe('rows in another order are named', () => {
  const swap = async (server: SealedServer, column: 'seq' | 'id', one: number, other: number) => {
    const set = (from: number, to: number) =>
      server.sql((it) =>
        it
          .updateTable('audit_events')
          .set({ [column]: to })
          .where(column, '=', from),
      );
    await set(one, 999_999);
    await set(other, one);
    await set(999_999, other);
  };

  test('by their numbers, within a checkpoint and across two', async () => {
    await using server = await startSealedServer();
    await swap(server, 'seq', 5, 7);
    await assertFound(server, 'out-of-order', 5);
    await swap(server, 'seq', 5, 7);
    await swap(server, 'seq', 3, 7);
    await assertFound(server, 'altered', 3);
  });

  test('by their ids', async () => {
    await using server = await startSealedServer();
    await swap(server, 'id', 6, 7);
    await assertFound(server, 'altered', 6);
  });
});

describe('a row that is not sealed yet', () => {
  test('is vouched for by its MAC: changed, it is named by its id, and sealed as unproven', async () => {
    await using server = await startSealedServer();
    await server.features.roles.createRole({ name: 'late', description: '', permissions: [], by: undefined });
    assert.equal((await server.check()).pending, 1);
    await assertWhole(server);
    await server.features.roles.createRole({ name: 'later', description: '', permissions: [], by: undefined });
    await server.sql((it) => it.updateTable('audit_events').set({ object: 'another' }).where('seq', 'is', null));
    const [finding] = (await server.check()).findings;
    assert.deepEqual([finding?.kind, finding?.seq], ['unproven', undefined]);
    await server.seal();
    const last = (await sizes(server)).at(-1) ?? 0;
    await assertFound(server, 'unproven', last);
    const [sealed] = (await server.check()).findings;
    assert.equal(sealed?.id, finding?.id);
  });
});

describe('the tail is cut off', () => {
  /** Rows, checkpoints and head, as they were one checkpoint earlier. */
  const cut = async (server: SealedServer, withHead: boolean) => {
    const [, size = 0] = await sizes(server);
    const lines = await exported(server.audit);
    await server.sql((it) => it.deleteFrom('audit_events').where('seq', '>', size));
    await server.sql((it) => it.deleteFrom('audit_checkpoints').where('size', '>', size));
    if (withHead) await setHead(server, size);
    return { size, lines };
  };

  /** An attacker can compute the edge of the tree: the hashes stand in the checkpoints. */
  const setHead = async (server: SealedServer, size: number) => {
    const { append, emptyFrontier, joinHashes, splitHashes } = await import('../../src/features/audit/merkle.ts');
    const rows = await server.sql<{ leaves: string }>((it) =>
      it.selectFrom('audit_checkpoints').select('leaves').where('size', '<=', size).orderBy('size'),
    );
    const leaves = rows.flatMap((row) => splitHashes(row.leaves) ?? []);
    const { subtrees } = leaves.reduce(append, emptyFrontier);
    await server.sql((it) => it.updateTable('audit_head').set({ size, frontier: joinHashes(subtrees) }));
  };

  test('with its checkpoints: the head still knows', async () => {
    await using server = await startSealedServer();
    const { size } = await cut(server, false);
    assert.deepEqual(first(await server.audit.verify()), { kind: 'cut-off', seq: size + 1 });
    await assert.rejects(
      server.audit.seal
        .all()
        .then(() => server.features.roles.createRole({ name: 'more', description: '', permissions: [], by: undefined }))
        .then(() => server.audit.seal.all()),
      { name: 'AuditRecordBroken' },
    );
  });

  test('with its checkpoints and the head: only a witness knows, and tells', async () => {
    await using server = await startSealedServer();
    const { size } = await cut(server, true);
    assert.equal((await server.audit.verify()).ok, true, 'the limit of what a database can know of itself');
    assert.deepEqual(first(await server.check()), { kind: 'cut-off', seq: size + 1 });
    const byWitness = await checkExport(server.audit, await exported(server.audit), server.witness.lines);
    assert.deepEqual(first(byWitness), { kind: 'cut-off', seq: size + 1 });
  });

  test('and a new one grows in its place: a witness has seen another checkpoint of the same row', async () => {
    await using server = await startSealedServer();
    await cut(server, true);
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
      await server.features.roles.createRole({ name, description: '', permissions: [], by: undefined });
    }
    await server.audit.seal.all();
    const { findings, ok } = await server.check();
    assert.equal(ok, false);
    assert.ok(findings.some(({ kind }) => kind === 'witness'));
  });

  test('its checkpoints alone: the rows stand there without', async () => {
    await using server = await startSealedServer();
    const [, size = 0] = await sizes(server);
    await server.sql((it) => it.deleteFrom('audit_checkpoints').where('size', '>', size));
    assert.equal(first(await server.audit.verify())?.seq, size + 1);
  });
});

describe('a checkpoint that is changed is named', () => {
  const change = (server: SealedServer, size: number, set: object) =>
    server.sql((it) => it.updateTable('audit_checkpoints').set(set).where('size', '=', size));

  test('in its note, its list of hashes, and the size under which it is kept', async () => {
    await using server = await startSealedServer();
    const [, size = 0] = await sizes(server);
    const stored = (await server.sql<{ note: string; leaves: string; size: number }>((it) =>
      it.selectFrom('audit_checkpoints').selectAll().where('size', '=', size),
    )) as [{ note: string; leaves: string; size: number }];
    const [{ note, leaves }] = stored;
    const notes = [
      note.replace('time 1', 'time 2'),
      note.replace(/legacy \d+/, 'legacy 9'),
      `${note}\n`,
      note.trimEnd(),
      '',
    ];
    const lists = [`${leaves.slice(0, 5)}${leaves[5] === 'A' ? 'B' : 'A'}${leaves.slice(6)}`, '', leaves.slice(0, 40)];
    for (const set of [...notes.map((text) => ({ note: text })), ...lists.map((text) => ({ leaves: text }))]) {
      await change(server, size, set);
      await assertFound(server, 'checkpoint', size);
      await change(server, size, { note, leaves });
    }
    await change(server, size, { size: size + 1 });
    assert.equal(first(await server.check())?.kind, 'checkpoint');
    await change(server, size + 1, { size });
    await assertWhole(server);
  });

  test('when it is gone, its rows are named; when it is put in the place of another, it is', async () => {
    await using server = await startSealedServer();
    const [early = 0, size = 0] = await sizes(server);
    const [kept] = await server.sql<object>((it) =>
      it.selectFrom('audit_checkpoints').selectAll().where('size', '=', size),
    );
    await server.sql((it) => it.deleteFrom('audit_checkpoints').where('size', '=', size));
    await assertFound(server, 'missing', early + 1);
    const [other] = await server.sql<object>((it) =>
      it.selectFrom('audit_checkpoints').selectAll().where('size', '=', early),
    );
    await server.sql((it) => it.insertInto('audit_checkpoints').values({ ...other, size }));
    assert.equal((await server.check()).findings[0]?.kind, 'checkpoint');
    await change(server, size, kept ?? {});
    await assertWhole(server);
  });

  test('a row and its hash changed together: the MAC names the row', async () => {
    await using server = await startSealedServer();
    const { canonicalJson } = await import('../../src/features/audit/canonical.ts');
    const { joinHashes, leafHash, splitHashes } = await import('../../src/features/audit/merkle.ts');
    const [early = 0, size = 0] = await sizes(server);
    await update(server, early + 2, { object: 'another' });
    const line = (await exported(server.audit)).find((text) => text.includes(`"seq":${early + 2},`)) ?? '{}';
    const [row] = await server.sql<{ leaves: string }>((it) =>
      it.selectFrom('audit_checkpoints').select('leaves').where('size', '=', size),
    );
    const hashes = splitHashes(row?.leaves ?? '') ?? [];
    hashes[1] = leafHash(canonicalJson(JSON.parse(line).event));
    await change(server, size, { leaves: joinHashes(hashes) });
    const { findings } = await server.check();
    assert.deepEqual(
      findings.map(({ kind, seq }) => [kind, seq]),
      [
        ['altered', early + 2],
        ['checkpoint', size],
      ],
    );
    assert.deepEqual(first(await server.checkExport()), { kind: 'checkpoint', seq: size }, 'an export has no MAC key');
  });
});

test('a row changed together with its checkpoint, which nobody can sign anew: the MAC names the row', async () => {
  await using server = await startSealedServer();
  const [early = 0, size = 0] = await sizes(server);
  await update(server, early + 2, { object: 'another' });
  await server.sql((it) => it.updateTable('audit_checkpoints').set({ note: 'none' }).where('size', '=', size));
  assert.deepEqual(first(await server.check()), { kind: 'altered', seq: early + 2 });
});

describe('personal data', () => {
  const personal = (server: SealedServer, set: object) =>
    server.sql((it) => it.updateTable('audit_personal').set(set).where('event_id', '=', 1));

  test('that was purged is erased, and the record is whole; a purge takes that of one person', async () => {
    await using server = await startSealedServer();
    await purge(server, asUserId(1));
    for (const found of [await server.check(), await server.checkExport()]) {
      assert.deepEqual([found.ok, found.erased], [true, 4], 'signed up, began a session, was guessed at, logged in');
    }
    const events = await server.audit.list(server.db, 0);
    assert.deepEqual(
      events.filter(({ ip }) => ip !== undefined).map(({ subject }) => subject),
      [undefined, 2, 2, 2, 2],
    );
    await server.seal();
    await assertWhole(server);
  });

  test('that is gone without a purge is named, also when the purge was of somebody else or earlier', async () => {
    await using server = await startSealedServer();
    await purge(server, asUserId(2));
    await server.seal();
    await server.sql((it) => it.deleteFrom('audit_personal').where('person_id', '=', 1));
    await assertFound(server, 'erased', 1);
    await using other = await startSealedServer();
    await other.db.transact((tx) => other.audit.record(tx, { event: 'user.purged', subject: asUserId(1) }));
    await other.db.transact((tx) =>
      other.audit.record(tx, { event: 'user.restored', subject: asUserId(1), ip: '::1' }),
    );
    await other.seal();
    await other.sql((it) => it.deleteFrom('audit_personal').where('person_id', '=', 1));
    await assertFound(other, 'erased', 1);
  });

  test('that is gone from an event of nobody is named: nobody can have purged it', async () => {
    await using server = await startSealedServer();
    await server.sql((it) => it.deleteFrom('audit_personal').where('person_id', 'is', null));
    await assertFound(server, 'erased', 4);
  });

  for (const set of [{ value: '192.0.2.9' }, { salt: 'x'.repeat(22) }, { person_id: 2 }, { person_id: null }]) {
    test(`that is changed is named: ${JSON.stringify(set)}`, async () => {
      await using server = await startSealedServer();
      await personal(server, set);
      await assertFound(server, 'altered', 1);
    });
  }

  test('that is put in, or moved to another row, is named', async () => {
    await using server = await startSealedServer();
    const row = { event_id: 12, part: 'ip', person_id: 1, salt: 'x'.repeat(22), value: '192.0.2.9' };
    await server.sql((it) => it.insertInto('audit_personal').values(row));
    const [finding] = (await server.check()).findings;
    assert.deepEqual([finding?.kind, finding?.id], ['inserted', 12]);
    await server.sql((it) => it.deleteFrom('audit_personal').where('event_id', '=', 12));
    await personal(server, { part: 'note' });
    await assertFound(server, 'inserted', 1);
  });
});

test('the database of yesterday in the place of that of today: the witness has seen more', async () => {
  await using server = await startSealedServer();
  const tables = ['audit_events', 'audit_personal', 'audit_checkpoints', 'audit_head'];
  const copy = await Promise.all(tables.map((table) => server.sql<object>((it) => it.selectFrom(table).selectAll())));
  const before = (await sizes(server)).at(-1) ?? 0;
  await server.features.roles.createRole({ name: 'since', description: '', permissions: [], by: undefined });
  await server.seal();
  for (const [place, table] of tables.entries()) {
    await server.sql((it) => it.deleteFrom(table));
    await server.sql((it) => it.insertInto(table).values(copy[place] ?? []));
  }
  assert.equal((await server.audit.verify()).ok, true);
  assert.deepEqual(first(await server.check()), { kind: 'cut-off', seq: before + 1 });
});

test('any single change of any stored byte of the sealed record is found', async (t) => {
  await using server = await startSealedServer();
  const keys: Readonly<Record<string, readonly string[]>> = {
    audit_events: ['id'],
    audit_personal: ['event_id', 'part'],
    audit_checkpoints: ['size'],
    audit_head: ['id'],
  };
  type Cell = { table: string; key: Record<string, unknown>; column: string; value: string | number };
  const cells: Cell[] = [];
  for (const [table, columns] of Object.entries(keys)) {
    for (const row of await behind<Record<string, unknown>>(server.db, (it) => it.selectFrom(table).selectAll())) {
      const key = Object.fromEntries(columns.map((column) => [column, row[column]]));
      for (const [column, value] of Object.entries(row)) {
        // The one row of the head is found by its id: another id is no head at all.
        if (value !== null) cells.push({ table, key, column, value: value as string | number });
      }
    }
  }
  const write = ({ table, key, column }: Cell, value: unknown, under: Record<string, unknown>) =>
    behind(server.db, (it) =>
      Object.entries({ ...key, ...under }).reduce(
        (query, [name, is]) => query.where(name, '=', is),
        it.updateTable(table).set({ [column]: value }),
      ),
    );
  assert.ok((await server.check()).ok, 'without a change nothing is found');
  let [found, refused] = [0, 0];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...cells), fc.nat(), fc.integer({ min: 1, max: 94 }), async (cell, at, shift) => {
      const changed = mutated(cell.value, at, shift);
      try {
        await write(cell, changed, {});
      } catch {
        // A key that another row has: the database itself refuses that.
        refused += 1;
        return;
      }
      const { ok } = await server.check();
      await write(cell, cell.value, cell.column in cell.key ? { [cell.column]: changed } : {});
      assert.equal(ok, false, `${cell.table}.${cell.column}: ${cell.value} → ${changed}`);
      found += 1;
    }),
    { numRuns: server.db.dialect.name === 'sqlite' ? 600 : 120 },
  );
  assert.ok((await server.check()).ok, 'all changes were taken back');
  assert.ok(found > 9 * refused);
  t.diagnostic(`${found} changes of ${cells.length} cells; ${refused} were refused by the database`);
});

/** A text with one printable sign replaced by another, or a number with one bit turned. */
function mutated(value: string | number, at: number, shift: number): string | number {
  if (typeof value === 'number') return value ^ (1 << (at % 20));
  const place = at % Math.max(1, value.length);
  const code = value.charCodeAt(place);
  const other = code < 32 || code > 126 ? 120 : ((code - 32 + shift) % 95) + 32;
  return `${value.slice(0, place)}${String.fromCharCode(other)}${value.slice(place + 1)}`;
}
