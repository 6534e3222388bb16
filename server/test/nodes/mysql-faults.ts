import { after, before, describe, type TestContext, test } from 'node:test';
import type { OwnMysql, TestMysql } from '../support/databases/mysql-wire.ts';
import { signUpThrough, surviveFault } from './faults.ts';
import { createDatabaseOn, freeze } from './ground.ts';

/** A test that has a server of its own, and an empty database there. */
type OnMysql = (name: string, body: (t: TestContext, own: OwnMysql, url: string) => Promise<void>) => void;

/** What a MariaDB or MySQL may do to its nodes. @param more tests of that product alone */
export function describeMysqlFaults(
  product: string,
  start: () => Promise<TestMysql | { readonly missing: string }>,
  more: (on: OnMysql) => void = () => {},
): void {
  describe(`a node whose ${product}`, () => {
    let started: TestMysql | { readonly missing: string } = { missing: 'it was not started' };
    before(async () => {
      started = await start();
    });
    after(async () => {
      if (!('missing' in started)) await started.close();
    });

    const on: OnMysql = (name, body) =>
      test(name, async (t) => {
        if ('missing' in started) return t.skip(`NOT RUN: ${started.missing}`);
        if (started.own === undefined) return t.skip(`NOT RUN: this ${product} is not ours to kill`);
        await body(t, started.own, await createDatabaseOn(started.url));
      });

    on('is killed refuses in time, says so, and recovers without a restart', async (t, own, url) => {
      t.diagnostic(JSON.stringify(await surviveFault(url, { begin: own.kill, end: own.start })));
    });

    on('is frozen refuses in time and recovers', async (t, own, url) => {
      const fault = { begin: () => freeze(own.pid, 'SIGSTOP'), end: () => freeze(own.pid, 'SIGCONT') };
      t.diagnostic(JSON.stringify(await surviveFault(url, fault)));
    });

    on('restarts under load signs nobody up twice and loses nobody', async (t, own, url) => {
      const { acknowledged, refused } = await signUpThrough(
        url,
        async () => {
          await own.kill();
          await own.start();
        },
        2,
      );
      t.diagnostic(`${acknowledged.length} sign-ups, ${refused} refused with 503 and repeated`);
    });

    more(on);
  });
}
