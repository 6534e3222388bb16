import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as breathe } from 'node:timers/promises';
import { rawQuery } from '../../../../test/support/ledger.ts';
import { table, uniqueIndex } from '../../columns.ts';
import { type Database, type Tx, UniqueViolation } from '../../database.ts';
import { statements } from '../../statement.ts';
import { openSqlite } from './database.ts';

interface Tables {
  planets: { id: number; name: string; moons: number };
}

const { statement, insert } = statements<Tables>();
const addPlanet = insert((db, p: { name: string; moons: number }) =>
  db.insertInto('planets').values({ name: p.name, moons: p.moons } as Tables['planets']),
);
const removePlanet = statement((db, p: { id: number }) => db.deleteFrom('planets').where('id', '=', p.id));
const allPlanets = statement((db, _: object) => db.selectFrom('planets').select('name').orderBy('id'));

/** A database with a table of planets, closed at the end. */
async function withPlanets(body: (db: Database) => Promise<void>): Promise<void> {
  const db = openSqlite({ path: ':memory:' });
  try {
    await db.transact(async (tx) => {
      const planets = table(db.dialect, 'planets').generatedId().text('name', 32).integer('moons');
      await tx.query(planets.statement);
      await tx.query(uniqueIndex(db.dialect, 'planets', 'name'));
      await tx.query(uniqueIndex(db.dialect, 'planets', 'moons', 'name'));
    });
    await body(db);
  } finally {
    await db.close();
  }
}

const add = (db: Database, name: string) => db.transact((tx) => tx.insert(addPlanet, { name, moons: 0 }));
const names = async (db: Pick<Tx, 'all'>) => (await db.all(allPlanets, {})).map(({ name }) => name);

describe('a transaction that writes once', () => {
  const once = <T>(db: Database, work: (tx: Tx) => Promise<T>) => db.transact(work, { writes: 'once' });

  test('reads, and keeps what it has written', async () => {
    await withPlanets(async (db) => {
      await add(db, 'Mars');
      const id = await once(db, async (tx) => {
        assert.deepEqual(await names(tx), ['Mars']);
        return tx.insert(addPlanet, { name: 'Venus', moons: 0 });
      });
      assert.deepEqual([id, await names(db)], [2, ['Mars', 'Venus']]);
    });
  });

  test('does nothing behind its write, neither writing nor reading', async () => {
    await withPlanets(async (db) => {
      const behindIt: Record<string, (tx: Tx) => Promise<unknown>> = {
        insert: (tx) => tx.insert(addPlanet, { name: 'Venus', moons: 0 }),
        execute: (tx) => tx.execute(removePlanet, { id: 1 }),
        first: async (tx) => tx.first(allPlanets, {}),
        all: (tx) => tx.all(allPlanets, {}),
        query: (tx) => tx.query(rawQuery(db, 'select 1')),
      };
      for (const [what, more] of Object.entries(behindIt)) {
        const twice = once(db, async (tx) => {
          await tx.execute(removePlanet, { id: 1 });
          await more(tx);
        });
        await assert.rejects(twice, /used after its write/, what);
      }
    });
  });
});

describe('a transaction', () => {
  test('shows what it has written to itself alone until it has ended; a read does not wait for it', async () => {
    await withPlanets(async (db) => {
      const gate = Promise.withResolvers<void>();
      const writing = db.transact(async (tx) => {
        await tx.insert(addPlanet, { name: 'Mars', moons: 2 });
        assert.deepEqual(await names(tx), ['Mars']);
        await gate.promise;
      });
      await breathe();
      assert.deepEqual(await names(db), []);
      gate.resolve();
      await writing;
      assert.deepEqual(await names(db), ['Mars']);
    });
  });

  test('that throws leaves nothing, and passes on what it threw', async () => {
    await withPlanets(async (db) => {
      const error = new Error('changed my mind');
      const failing = db.transact(async (tx) => {
        await tx.insert(addPlanet, { name: 'Pluto', moons: 5 });
        throw error;
      });
      await assert.rejects(failing, (thrown) => thrown === error);
      await add(db, 'Mars');
      assert.deepEqual(await names(db), ['Mars']);
    });
  });

  test('may go on after a row was refused, and keeps the rest', async () => {
    await withPlanets(async (db) => {
      await db.transact(async (tx) => {
        await tx.insert(addPlanet, { name: 'Mars', moons: 2 });
        await assert.rejects(tx.insert(addPlanet, { name: 'Mars', moons: 3 }), UniqueViolation);
        await tx.insert(addPlanet, { name: 'Venus', moons: 0 });
      });
      assert.deepEqual(await names(db), ['Mars', 'Venus']);
    });
  });

  test('inside which the database itself is used, throws, instead of reading beside it', async () => {
    await withPlanets(async (db) => {
      const misuse = /used inside a transaction/;
      await assert.rejects(
        db.transact(() => names(db)),
        misuse,
      );
      await assert.rejects(
        db.transact(() => db.query(rawQuery(db, 'select 1'))),
        misuse,
      );
    });
  });

  test('inside which another is begun, throws, instead of waiting for itself for ever', async () => {
    await withPlanets(async (db) => {
      await assert.rejects(
        db.transact(async () => {
          await breathe();
          await db.transact(async () => {});
        }),
        /used inside a transaction/,
      );
      await add(db, 'Mars');
      assert.deepEqual(await names(db), ['Mars']);
    });
  });

  test('cannot be used after its end', async () => {
    await withPlanets(async (db) => {
      const tx = await db.transact(async (open) => open);
      const late = /used after its end/;
      await assert.rejects(names(tx), late);
      await assert.rejects(tx.insert(addPlanet, { name: 'Mars', moons: 2 }), late);
      await assert.rejects(tx.execute(removePlanet, { id: 1 }), late);
      await assert.rejects(tx.query(rawQuery(db, 'select 1')), late);
      assert.deepEqual(await names(db), []);
    });
  });

  test('of many at once, each sees all that ended before it', async () => {
    await withPlanets(async (db) => {
      const counts = await Promise.all(
        Array.from({ length: 30 }, (_, n) =>
          db.transact(async (tx) => {
            const before = (await names(tx)).length;
            await breathe();
            await tx.insert(addPlanet, { name: `planet ${n}`, moons: n });
            return before;
          }),
        ),
      );
      assert.deepEqual(counts, [...counts.keys()]);
    });
  });
});

describe('a row', () => {
  test('that a unique index refuses names the index as every database would', async () => {
    await withPlanets(async (db) => {
      await add(db, 'Mars');
      const violationOf = (index: string) => (error: unknown) =>
        error instanceof UniqueViolation && error.index === index;
      await assert.rejects(
        db.transact((tx) => tx.insert(addPlanet, { name: 'Mars', moons: 7 })),
        violationOf('planets_name'),
      );
      await db.transact((tx) => tx.query(rawQuery(db, 'drop index planets_name_unique')));
      await assert.rejects(add(db, 'Mars'), violationOf('planets_moons_name'));
      const twice = rawQuery(db, "insert into planets (id, name, moons) values (1, 'Venus', 0)");
      await assert.rejects(
        db.transact((tx) => tx.query(twice)),
        violationOf('planets_id'),
      );
    });
  });

  test('never gets an id that was used, also when the highest is gone', async () => {
    await withPlanets(async (db) => {
      const first = await add(db, 'Mars');
      const second = await add(db, 'Venus');
      assert.equal(await db.transact((tx) => tx.execute(removePlanet, { id: second })), 1);
      const third = await add(db, 'Venus');
      assert.deepEqual([first, second, third], [1, 2, 3]);
    });
  });

  test('changed or not, is counted', async () => {
    await withPlanets(async (db) => {
      await add(db, 'Mars');
      const changes = (id: number) => db.transact((tx) => tx.execute(removePlanet, { id }));
      assert.deepEqual([await changes(7), await changes(1), await changes(1)], [0, 1, 0]);
    });
  });

  test('comes back also from SQL that was written by hand', async () => {
    await withPlanets(async (db) => {
      const returning = rawQuery(db, "insert into planets (name, moons) values ('Mars', 2) returning moons");
      assert.deepEqual(await db.transact((tx) => tx.query(returning)), [{ moons: 2 }]);
      assert.deepEqual(await db.query(rawQuery(db, 'select name from planets')), [{ name: 'Mars' }]);
    });
  });
});
