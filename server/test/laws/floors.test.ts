import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { importCycles } from './cycles.ts';
import { featureFloors, floorBreaches } from './floors.ts';
import { doorBreaches, nameBreaches } from './names.ts';
import { readSources, serverFolder, sourceOf } from './sources.ts';

const sources = readSources();

/** The law holds; otherwise the message is what to do, line by line. */
function holds(breaches: readonly string[]): void {
  assert.equal(breaches.length, 0, `\n${breaches.join('\n')}\n`);
}

describe('the floors hold', () => {
  test('every import looks down', () => holds(floorBreaches(sources)));

  test('no file imports itself by way of others', () => {
    holds(importCycles(sources).map((ring) => `${ring.join(' → ')}: move what both need into a file of its own`));
  });

  test('every file has a name that says what is inside', () => holds(nameBreaches(sources)));
  test('the door of every feature says what is behind it', () => holds(doorBreaches(sources)));

  test('the laws read the whole server', () => {
    const features = new Set(sources.flatMap(({ path }) => /^features\/([^/]+)\//.exec(path)?.[1] ?? []));
    assert.ok(features.has('users') && features.has('oauth'));
    assert.ok(sources.some(({ path, imports }) => path === 'main.ts' && imports.includes('app/cli/run.ts')));
    const known = featureFloors.flat();
    assert.deepEqual(
      [...features].sort(),
      known.toSorted(),
      'featureFloors (floors.ts) names the features that there are',
    );
    assert.equal(new Set(known).size, known.length, 'a feature stands on one floor: see featureFloors');
  });
});

test('docs/architecture.md shows the features on their floors, from the top to the ground', () => {
  const page = readFileSync(join(serverFolder, '../docs/architecture.md'), 'utf8');
  const house = /├─ features\/[\s\S]*?├─ http\//.exec(page)?.[0] ?? '';
  const shown = [...house.matchAll(/^│ {2}│ +((?:[a-z-]+\/ ?)+)/gm)].map(
    ([, names = '']) => names.match(/[a-z-]+/g) ?? [],
  );
  const floorOf = (feature: string) => featureFloors.findIndex((peers) => peers.includes(feature));
  const expected = shown.flat().toSorted((a, b) => floorOf(b) - floorOf(a));
  assert.deepEqual(
    shown.flat(),
    expected,
    'draw the house in docs/architecture.md as featureFloors (floors.ts) has it',
  );
  assert.deepEqual(
    shown.flat().toSorted(),
    featureFloors.flat().toSorted(),
    'the house in docs/architecture.md lacks a feature',
  );
});

describe('an import that does not look down is found', () => {
  const breaches: readonly (readonly [path: string, text: string, says: RegExp])[] = [
    ['kernel/clock.ts', "import { load } from '../config/load.ts';", /kernel\/ may import kernel only/],
    ['kernel/clock.ts', "import { pino } from 'pino';", /Node alone/],
    ['config/load.ts', "import { table } from '../db/columns.ts';", /config, kernel only/],
    ['db/connect.ts', "import { route } from '../http/route.ts';", /db, config, kernel only/],
    ['http/app.ts', "export * from '../features/users/index.ts';", /http, config, kernel only/],
    ['http/app.ts', "import { Kysely } from 'kysely';", /belongs into db/],
    ['adapters/mail.ts', "const it = await import('../app/compose.ts');", /adapters, config, kernel only/],
    ['adapters/mail.ts', 'const it = await import(name);', /plain text/],
    ['features/users/policy.ts', "import type { Tx } from '../../db/database.ts';", /"policy".*only kernel/],
    ['features/users/routes.ts', "import type { User } from './store.ts';", /"edge" may import of its own feature/],
    ['features/users/own-routes.ts', "import type { User } from './store.ts';", /"edge" may import of its own feature/],
    ['features/users/routes.ts', "import { usersStore } from './store.sql.ts';", /"edge" may import of its own/],
    ['features/users/add.ts', "import { usersStore } from './store.sql.ts';", /"use case" may import of its own/],
    ['features/users/add.ts', "import type { UsersTables } from './tables.ts';", /"use case" may import of its own/],
    ['features/users/tables.ts', "import type { User } from './user.ts';", /"tables" may import of its own/],
    ['features/users/add.ts', "import { nameStore } from './name-store.sql.ts';", /"use case" may import of its own/],
    ['features/users/own-routes.ts', "import type { Name } from './name-store.ts';", /"edge" may import of its own/],
    ['features/users/add.ts', "import { originOf } from '../../http/request-origin.ts';", /only kernel, db\/database/],
    ['features/users/add.ts', "import type { FastifyReply } from 'fastify';", /routes\.ts, schemas\.ts/],
    ['features/users/add.ts', "import { sql } from 'kysely';", /store\.sql\.ts only/],
    ['features/users/add.ts', "import { statements } from '../../db/statement.ts';", /only kernel, db\/database/],
    ['features/users/add.ts', "import { compose } from '../../app/compose.ts';", /only kernel, db\/database/],
    ['features/roles/add.ts', "import { foldEmail } from '../users/policy.ts';", /use the door/],
    ['features/users/add.ts', "import { createRoles } from '../roles/index.ts';", /roles stands above users/],
    ['features/users/add.ts', "import { createKeys } from '../keys/index.ts';", /peers/],
    ['features/users/add.ts', "import { send } from '../letters/index.ts';", /letters has no floor yet/],
    ['features/users/errors.ts', "import { lastAdmin } from '../audit/index.ts';", /knows no other feature/],
    ['features/users/index.ts', "import { a } from './store.contract.ts';", /for tests alone/],
    ['app/serve.ts', "import { testApp } from '../http/test-app.ts';", /for tests alone/],
    ['lib/text.ts', "import { a } from '../kernel/ids.ts';", /no place for lib/],
  ];
  for (const [path, text, says] of breaches) {
    test(`${path}: ${text}`, () => {
      const found = floorBreaches([sourceOf(path, text)]);
      assert.equal(found.length, 1);
      assert.match(found.join(), says);
    });
  }
});

describe('what is no breach is left alone', () => {
  const permitted: readonly (readonly [path: string, text: string])[] = [
    ['features/roles/add.ts', "import { foldEmail } from '../users/index.ts';"],
    [
      'features/users/store.sql.ts',
      "import { sql } from 'kysely';\nimport { statements } from '../../db/statement.ts';",
    ],
    [
      'features/users/routes.ts',
      "import type { FastifyReply } from 'fastify';\nimport { route } from '../../http/route.ts';",
    ],
    ['features/users/own-routes.ts', "import { route } from '../../http/route.ts';"],
    ['features/users/name-store.sql.ts', "import { sql } from 'kysely';\nimport { table } from './store.sql.ts';"],
    ['features/users/tables.ts', "import type { Generated } from 'kysely';"],
    ['features/users/store.sql.ts', "import type { UsersTables } from './tables.ts';"],
    ['features/users/add.test.ts', "import { startServer } from '../../../test/support/server.ts';"],
    ['features/users/add.ts', "// import { a } from '../oauth/index.ts';\nconst text = \"import x from 'kysely'\";"],
    ['app/serve.ts', "import { usersStore } from '../features/users/index.ts';\nimport { pino } from 'pino';"],
  ];
  for (const [path, text] of permitted) {
    test(`${path}: ${text.replaceAll('\n', ' ')}`, () => {
      assert.deepEqual(floorBreaches([sourceOf(path, text)]), []);
    });
  }
});

test('a ring of imports is found, also one of types alone', () => {
  const ring = [
    sourceOf('kernel/a.ts', "import { b } from './b.ts';"),
    sourceOf('kernel/b.ts', "export type { C } from './c.ts';"),
    sourceOf('kernel/c.ts', "import type { A } from './a.ts';"),
    sourceOf('kernel/d.ts', "import { a } from './a.ts';"),
  ];
  assert.deepEqual(importCycles(ring), [['kernel/a.ts', 'kernel/b.ts', 'kernel/c.ts', 'kernel/a.ts']]);
});

test('a name that says nothing is found', () => {
  const empty = [
    'utils/text.ts',
    'features/users/helpers.ts',
    'kernel/base.test.ts',
    'http/route-manager.ts',
    'db/core/a.ts',
  ];
  const good = ['features/passwords/common-passwords.ts', 'kernel/database.ts', 'app/serve.ts'];
  const breaches = nameBreaches([...empty, ...good].map((path) => sourceOf(path, '')));
  assert.deepEqual(
    breaches.map((it) => it.replace(/:.*/s, '')),
    empty,
  );
  assert.match(nameBreaches([sourceOf('kernel/myClock.ts', '')]).join(), /kebab-case/);
});

test('a feature without a door, and a door without its heading, are found', () => {
  assert.match(doorBreaches([sourceOf('features/mail/send.ts', '')]).join(), /has no index\.ts/);
  const door = '/**\n * Owns: mail.\n * Tables: none.\n */\n';
  assert.deepEqual(doorBreaches([sourceOf('features/mail/index.ts', door)]), [
    'features/mail/index.ts: the comment at its top must have a line "Specifications:"',
  ]);
});
