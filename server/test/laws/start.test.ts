import assert from 'node:assert/strict';
import { readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createTestFolder } from '../support/folder.ts';
import { startServerProcess } from '../support/process.ts';

/** Has a process tell at its end which modules it has loaded. */
const telling = `
  import { writeSync } from 'node:fs';
  import { registerHooks } from 'node:module';
  const loaded = new Set();
  registerHooks({ load: (url, context, next) => (loaded.add(url), next(url, context)) });
  process.on('exit', () => writeSync(1, '\\nloaded ' + JSON.stringify([...loaded])));
`;

const root = join(import.meta.dirname, '../../..');
const commands = 'server/src/app/cli/commands';

/** What a start has no use for, each with the moment at which it is loaded. */
const notYet: readonly { readonly when: string; readonly paths: readonly string[] }[] = [
  { when: 'never: it gives types alone', paths: ['node_modules/typebox'] },
  { when: 'where the database is a server', paths: ['node_modules/pg', 'node_modules/mysql2'] },
  { when: 'for the first mail', paths: ['node_modules/nodemailer'] },
  { when: 'for a new signing key', paths: ['node_modules/jose'] },
  { when: 'never: its files are sent as they are', paths: ['node_modules/@fastify/swagger-ui'] },
  { when: 'for the first new password', paths: ['node_modules/@zxcvbn-ts'] },
  {
    when: 'for another command',
    paths: readdirSync(join(root, commands))
      .filter((it) => !it.startsWith('serve'))
      .map((it) => `${commands}/${it}`),
  },
  { when: 'where somebody types', paths: ['server/src/app/cli/read-stdin.ts'] },
  { when: 'for `db copy`', paths: ['server/src/db/copy'] },
  {
    when: 'where the database is a server',
    paths: ['server', 'postgres', 'mysql'].map((it) => `server/src/db/dialects/${it}`),
  },
];

/** @throws where there is no such path: then nothing would ever be found under it */
const urlOf = (path: string): string => pathToFileURL(realpathSync(join(root, path))).href;

test('a server that starts again loads nothing that its first answers do not need', async () => {
  using folder = createTestFolder();
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(telling)}` };
  // The first start of all makes the schema and the keys.
  await (await startServerProcess({ dataDir: folder.path })).stop();
  const server = await startServerProcess({ dataDir: folder.path, env });
  await server.stop();
  const loaded: string[] = JSON.parse(/^loaded (.*)$/m.exec(server.said())?.[1] ?? '[]');
  assert.ok(loaded.some((url) => url.endsWith('src/app/serve.ts')) && loaded.some((url) => /fastify\.js$/.test(url)));
  for (const { when, paths } of notYet) {
    const urls = paths.map(urlOf);
    const tooEarly = loaded.filter((url) => urls.some((it) => url === it || url.startsWith(`${it}/`)));
    assert.deepEqual(tooEarly, [], `to be loaded later (${when}): import() it there`);
  }
  const files = loaded.filter((url) => url.startsWith('file:'));
  assert.ok(files.includes(urlOf('server/bin/quick-imports.js')), 'no import of ours asks the disk where it leads');
  const elsewhere = files.filter((url) => pathToFileURL(realpathSync(new URL(url))).href !== url);
  assert.deepEqual(
    elsewhere,
    [],
    'bin/quick-imports.js finds what Node would find: a second name would be a second module',
  );
});
