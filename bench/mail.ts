/**
 * Delivers mails from one outbox over several server processes to a mail server in this one, and counts what has come:
 *
 *     npm run bench:mail -- --mails 10000 --nodes 2 [--url postgresql://…]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { parseDatabaseUrl } from '../server/src/config/database-url.ts';
import { connect } from '../server/src/db/connect.ts';
import { migrate } from '../server/src/db/migrate.ts';
import { createTestFolder } from '../server/test/support/folder.ts';
import { countOutbox, fillOutbox } from '../server/test/support/outbox.ts';
import { allStarted, standingSettings, startServerProcess } from '../server/test/support/process.ts';
import { startSmtpReceiver } from '../server/test/support/smtp-receiver.ts';

const { values } = parseArgs({
  options: {
    mails: { type: 'string', default: '10000' },
    nodes: { type: 'string', default: '2' },
    url: { type: 'string' },
  },
});
const [mails, nodes] = [Number(values.mails), Number(values.nodes)];

using folder = createTestFolder();
await using receiver = await startSmtpReceiver();
const url = values.url ?? `sqlite:///${folder.file('keyward.db')}`;
const db = await connect(parseDatabaseUrl(url), { poolSize: 5 });
await migrate(db, 1);
await fillOutbox(db, mails, standingSettings.SECRET_KEY);

const env = { DATABASE_URL: url, SMTP_URL: receiver.url, MAIL_FROM: 'no-reply@example.com' };
const began = performance.now();
const servers = await allStarted(
  Array.from({ length: nodes }, () => startServerProcess({ dataDir: folder.path, env })),
);
while (receiver.mails.length < mails) await sleep(20);
const seconds = (performance.now() - began) / 1_000;
// Ends behind the last one written down, and behind what comes twice.
for (const server of servers) await server.stop();

const { sent, givenUp } = await countOutbox(db);
await db.close();
const different = new Set(receiver.mails.map(({ headers }) => headers.get('idempotency-key'))).size;
process.stdout.write(
  `${mails} mails, ${nodes} nodes, ${seconds.toFixed(1)} s (${Math.round(mails / seconds)}/s): ` +
    `${receiver.mails.length} came, ${different} different, ${sent} written down as sent, ${givenUp} given up\n`,
);
if (receiver.mails.length !== mails || different !== mails || sent !== mails) process.exitCode = 1;
