import assert from 'node:assert/strict';
import { test } from 'node:test';
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

/** What a start has no use for, each with the moment at which it is loaded. */
const notYet = {
  'node_modules/typebox/': 'never: it gives types alone',
  'node_modules/(?:pg|mysql2)/': 'where the database is a server',
  'node_modules/nodemailer/': 'for the first mail',
  'node_modules/jose/': 'for a new signing key',
  'node_modules/@fastify/swagger-ui/': 'never: its files are sent as they are',
  'node_modules/@zxcvbn-ts/': 'for the first new password',
  'src/app/cli/commands/(?!serve)': 'for another command',
  'src/db/(?:copy|dialects/(?:server|postgres|mysql))/': 'for `db copy`, and where the database is a server',
};

test('a server that starts again loads nothing that its first answers do not need', async () => {
  using folder = createTestFolder();
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(telling)}` };
  // The first start of all makes the schema and the keys.
  await (await startServerProcess({ dataDir: folder.path })).stop();
  const server = await startServerProcess({ dataDir: folder.path, env });
  await server.stop();
  const loaded: string[] = JSON.parse(/^loaded (.*)$/m.exec(server.said())?.[1] ?? '[]');
  assert.ok(loaded.some((url) => url.endsWith('src/app/serve.ts')) && loaded.some((url) => /fastify\.js$/.test(url)));
  for (const [part, when] of Object.entries(notYet)) {
    const tooEarly = loaded.filter((url) => new RegExp(part).test(url));
    assert.deepEqual(tooEarly, [], `${part} is to be loaded later (${when}): import() it there`);
  }
});
