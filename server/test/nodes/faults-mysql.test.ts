import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '../support/client.ts';
import { openUrl } from '../support/databases/index.ts';
import { startMysql } from '../support/databases/mysql.ts';
import { createTestFolder } from '../support/folder.ts';
import { rawQuery } from '../support/ledger.ts';
import { startServerProcess } from '../support/process.ts';
import { newcomer, runSql } from './ground.ts';
import { describeMysqlFaults } from './mysql-faults.ts';

describeMysqlFaults('MySQL', startMysql, (on) => {
  on('has hung up on every idle connection lets no reader notice', async (_t, own, url) => {
    using folder = createTestFolder();
    const start = () => startServerProcess({ dataDir: folder.path, env: { DATABASE_URL: url } });
    // Whoever migrates holds a lock, silent for longer than this on a slow machine.
    await (await start()).stop();
    // New connections take it over. MySQL says goodbye to the silent ones with an error that nobody has asked for.
    await runSql(own.adminUrl, 'set global wait_timeout = 1');
    try {
      await using node = await start();
      const call = createClient(node.url);
      const { body } = await call('POST', '/signup', { json: newcomer() });
      for (let round = 0; round < 3; round += 1) {
        const reads = Array.from({ length: 40 }, () => call('GET', '/user', { token: body.access_token }));
        const answers = await Promise.all(reads);
        assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
        await sleep(1_000 + round * 500);
      }
    } finally {
      await runSql(own.adminUrl, 'set global wait_timeout = default');
    }
  });

  on('demands TLS is reached by the certificate of its authority, and by no other', async (_t, own, url) => {
    const ca = join(own.data, 'ca.pem');
    await runSql(own.adminUrl, 'set global require_secure_transport = on');
    try {
      const db = await openUrl(`${url}?ssl_ca=${encodeURIComponent(ca)}`, 1);
      try {
        const [row] = await db.query(rawQuery(db, "show status like 'Ssl_cipher'"));
        assert.match((row as { Value: string }).Value, /^TLS_/);
      } finally {
        await db.close();
      }
      for (const other of [url, `${url}?ssl=true`]) {
        const refused = await openUrl(other, 1);
        await assert.rejects(refused.check()).finally(() => refused.close());
      }
    } finally {
      await runSql(`${own.adminUrl}?ssl={"rejectUnauthorized":false}`, 'set global require_secure_transport = off');
    }
  });
});
