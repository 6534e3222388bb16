import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startMariadb } from '../test/support/databases/mariadb.ts';
import { startMysql } from '../test/support/databases/mysql.ts';
import { startPostgres } from '../test/support/databases/postgres.ts';

/**
 * `npm test` after the static checks: the whole suite on SQLite, then contracts, journeys and the proof of the rotation on a real
 * PostgreSQL that is started here, and on MariaDB and MySQL where they are found. What did not run is named at the end, with the reason.
 *
 * Each suite is one process and keeps one core busy: where there are two, the database servers' suites run beside that of SQLite.
 */

interface Outcome {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly note: string;
  /** Why tests were skipped, each reason once. */
  readonly reasons: readonly string[];
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const everything = [
  'server/**/*.test.ts',
  'client/**/*.test.ts',
  'security/**/*.test.ts',
  'bench/{guard,harness,storm}/*.test.ts',
];
const onEveryDatabase = ['contracts', 'journeys', 'rotation'].map((folder) => `server/test/${folder}/**/*.test.ts`);
const coverage = [
  '--experimental-test-coverage',
  '--test-coverage-exclude=**/*.test.ts',
  '--test-coverage-exclude=server/test/**',
  '--test-coverage-exclude=client/test/**',
  '--test-coverage-exclude=security/**',
  '--test-coverage-exclude=bench/**',
];

function runSuite(name: string, note: string, args: readonly string[], serverUrl?: string): Promise<Outcome> {
  const line = (text: string): void => void process.stdout.write(`${name} | ${text}\n`);
  const environment = serverUrl === undefined ? {} : { TEST_SERVER_URL: serverUrl };
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--test', '--test-isolation=none', ...args], {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const printed: string[] = [];
    createInterface({ input: child.stdout }).on('line', (text) => {
      line(text);
      printed.push(text);
    });
    child.once('close', (code) => resolve(outcomeOf(name, note, printed.join('\n'), code)));
  });
}

function outcomeOf(name: string, note: string, output: string, code: number | null): Outcome {
  const count = (word: string) => Number(new RegExp(`^ℹ ${word} (\\d+)$`, 'm').exec(output)?.[1] ?? 0);
  const failed = count('fail') + count('cancelled');
  const silent = code !== 0 && failed === 0 ? 1 : 0;
  const reasons = [...new Set([...output.matchAll(/# (NOT RUN: .*)$/gm)].map(([, reason]) => reason ?? ''))];
  return { name, note, passed: count('pass'), failed: failed + silent, skipped: count('skipped'), reasons };
}

const notRun = (name: string, reason: string): Outcome => ({
  name,
  passed: 0,
  failed: 0,
  skipped: 0,
  note: `NOT RUN: ${reason}`,
  reasons: [],
});

async function runOn(
  name: string,
  start: () => ReturnType<typeof startPostgres | typeof startMariadb | typeof startMysql>,
): Promise<Outcome> {
  const server = await start();
  if ('missing' in server) return notRun(name, server.missing);
  try {
    return await runSuite(`${name} ${server.version}`, '', onEveryDatabase, server.url);
  } finally {
    await server.close();
  }
}

const onSqlite = () => runSuite('SQLite', 'the whole suite', [...coverage, ...everything]);

async function onServers(): Promise<Outcome[]> {
  return [
    await runOn('PostgreSQL', () => startPostgres({ syncs: false })),
    await runOn('MariaDB', startMariadb),
    await runOn('MySQL', startMysql),
  ];
}

async function onAll(): Promise<Outcome[]> {
  if (availableParallelism() < 2) return [await onSqlite(), ...(await onServers())];
  const [sqlite, servers] = await Promise.all([onSqlite(), onServers()]);
  return [sqlite, ...servers];
}

const outcomes = await onAll();

process.stdout.write('\n=== Summary ===\n');
for (const { name, passed, failed, skipped, note, reasons } of outcomes) {
  process.stdout.write(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped. ${note}\n`);
  for (const reason of reasons) process.stdout.write(`  ${reason}\n`);
}
const total = (of: (outcome: Outcome) => number) => outcomes.reduce((sum, outcome) => sum + of(outcome), 0);
const failed = total((it) => it.failed);
process.stdout.write(
  `tests: ${total((it) => it.passed)} passed, ${failed} failed, ${total((it) => it.skipped)} skipped\n`,
);
process.exitCode = failed === 0 ? 0 : 1;
