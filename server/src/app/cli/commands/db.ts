import { resolve } from 'node:path';
import { type DatabaseUrl, describeDatabaseUrl, parseDatabaseUrl } from '../../../config/database-url.ts';
import { resolveDatabase } from '../../../config/server.ts';
import { SettingError } from '../../../config/setting.ts';
import { connect } from '../../../db/connect.ts';
import { type CopyProgress, type CopyReport, copyDatabase } from '../../../db/copy/copy-database.ts';
import { releaseSource } from '../../../db/copy/lock-source.ts';
import type { AppConfig } from '../../config.ts';
import { openPorts } from '../../ports.ts';
import { type Command, type CommandInput, type Output, requiredOption, tableText, UsageError } from '../command.ts';

export const databaseCommands: readonly Command[] = [
  {
    words: ['db', 'copy'],
    usage: '--to URL',
    summary:
      'move to another database: lock this one, copy everything, compare (--to - reads the URL from standard input)',
    options: { to: { type: 'string' } },
    needs: 'config',
    run: copy,
  },
  {
    words: ['db', 'release'],
    usage: '',
    summary: 'call a move off: unlock this database again',
    needs: 'config',
    async run(_, config) {
      const { db } = await openPorts(config.values);
      try {
        const released = await releaseSource(db);
        return { text: released ? 'Released: servers may run on this database again.' : notLocked, json: { released } };
      } finally {
        await db.close();
      }
    },
  },
];

const notLocked = 'This database is not locked.';

async function copy(input: CommandInput, config: AppConfig): Promise<Output> {
  const from = resolveDatabase(config.values.server);
  const to = await targetOf(input);
  if (placeOf(from) === placeOf(to)) throw new UsageError('--to names the database that is to be copied');
  const { db: source, clock, random } = await openPorts(config.values);
  try {
    const target = await connect(to, { poolSize: 2 });
    try {
      const id = random.bytes(16).toString('hex');
      const onProgress = createProgress(input.progress);
      return outputOf(from, to, await copyDatabase({ source, target, id, now: clock.now(), onProgress }));
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function targetOf(input: CommandInput): Promise<DatabaseUrl> {
  const option = requiredOption(input, 'to');
  const text = option === '-' ? await input.stdin('URL of the new database: ') : option;
  try {
    const url = parseDatabaseUrl(text);
    if (url.engine === 'sqlite' && url.path === ':memory:') throw new UsageError('--to must not be in memory');
    return url;
  } catch (error) {
    throw error instanceof SettingError ? new UsageError(`--to ${error.message}`) : error;
  }
}

const placeOf = (url: DatabaseUrl): string => (url.engine === 'sqlite' ? resolve(url.path) : describeDatabaseUrl(url));

const rowsALine = 10_000;

/** One line each so many rows of a table; a small house moves without a word. */
function createProgress(write: (line: string) => void): (progress: CopyProgress) => void {
  let table = '';
  let said = 0;
  return (progress) => {
    if (progress.table !== table) [table, said] = [progress.table, 0];
    if (progress.rows < said + rowsALine) return;
    said = progress.rows;
    write(progress.doing === 'copy' ? `copying ${table}: ${said} rows` : `${table}: ${said} rows are equal`);
  };
}

function outputOf(from: DatabaseUrl, to: DatabaseUrl, { id, resumed, tables }: CopyReport): Output {
  const rows = tables.map(({ name, rows, sha256 }) => [name, String(rows), sha256]);
  const text = [
    `${resumed ? 'Completed the copy of' : 'Copied'} ${describeDatabaseUrl(from)} to ${describeDatabaseUrl(to)}.`,
    '',
    tableText(['TABLE', 'ROWS', 'SHA-256 ON BOTH SIDES'], rows),
    '',
    'Start the server with the new DATABASE_URL and the same SECRET_KEY. The old database stays locked; `keyward db release` unlocks it.',
  ].join('\n');
  const json = {
    move: id,
    from: describeDatabaseUrl(from),
    to: describeDatabaseUrl(to),
    resumed,
    verified: true,
    tables: tables.map(({ name, rows, sha256, lastId }) => ({ name, rows, sha256, last_id: lastId ?? null })),
  };
  return { text, json };
}
