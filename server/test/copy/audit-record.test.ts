import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSqlite } from '../../src/db/dialects/sqlite/database.ts';
import { migrate } from '../../src/db/migrate.ts';
import { startSealedServer } from '../support/audit.ts';
import { createTestClock } from '../support/ports.ts';
import { startServer } from '../support/server.ts';
import { move, openOn, servers } from './houses.ts';

for (const [name, start] of Object.entries(servers)) {
  test(`the audit record is whole on ${name} after the move, and goes on there`, async (t) => {
    const server = await start();
    if ('missing' in server) return t.skip(`NOT RUN: ${server.missing}`);
    const clock = createTestClock();
    const [home, there] = [openSqlite({ path: ':memory:' }), await openOn(server.url)];
    try {
      await migrate(home, clock.now());
      await using old = await startSealedServer({ db: home, clock });
      await old.features.roles.createRole({ name: 'late', description: '', permissions: [], by: undefined });
      await move(home, there);
      await using next = await startServer({ db: there, clock });
      const { audit, roles } = next.features;
      const moved = await audit.verify({ witness: old.witness.lines });
      assert.deepEqual([moved.findings, moved.pending, moved.witnessed], [[], 1, 3]);
      await roles.createRole({ name: 'at home', description: '', permissions: [], by: undefined });
      assert.deepEqual(await audit.seal.all(), { rows: 2, unproven: 0, more: false });
      assert.deepEqual((await audit.verify({ witness: old.witness.lines })).findings, []);
    } finally {
      await home.close();
      await there.close();
      await server.close();
    }
  });
}
