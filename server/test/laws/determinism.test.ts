import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { determinismBreaches, policyBreaches } from './determinism.ts';
import { readSources, sourceOf } from './sources.ts';

test('time, randomness and the environment are read through their ports alone', () => {
  const breaches = determinismBreaches(readSources());
  assert.equal(breaches.length, 0, `\n${breaches.join('\n')}\n`);
});

test('the law sees the places where it is allowed', () => {
  const moved = readSources().map((source) => ({
    ...source,
    path: source.path.replace(/^(?:adapters|config)/, 'kernel'),
  }));
  const says = determinismBreaches(moved).join('\n');
  for (const what of ['the time', 'randomness', 'the environment']) assert.ok(says.includes(what), what);
});

describe('reading past the ports is found', () => {
  const breaches = [
    'const now = Date.now();',
    'const now = new Date();',
    'const now = Date();',
    'const now = performance.now();',
    'const now = process.hrtime.bigint();',
    'const dice = Math.random();',
    "import { randomBytes } from 'node:crypto';",
    'const id = crypto.randomUUID();',
    'crypto.getRandomValues(bytes);',
    'const port = process.env.PORT;',
    'const { env } = process;',
  ];
  for (const text of breaches) {
    test(text, () => assert.equal(determinismBreaches([sourceOf('features/users/add.ts', text)]).length, 1));
  }

  test('in config/ the time is no better than elsewhere', () => {
    assert.match(determinismBreaches([sourceOf('config/load.ts', 'Date.now();')]).join(), /clock\.now\(\)/);
  });

  test('but not in comments, strings or tests, nor a date made of an instant', () => {
    const text = "// Date.now()\nconst advice = 'process.env';\nconst day = new Date(instant).toISOString();";
    assert.deepEqual(
      determinismBreaches([sourceOf('kernel/a.ts', text), sourceOf('kernel/a.test.ts', 'Date.now();')]),
      [],
    );
  });
});

test('a policy decides from what it is given, and waits for nothing', () => {
  const breaches = policyBreaches(readSources());
  assert.equal(breaches.length, 0, `\n${breaches.join('\n')}\n`);
  const waiting = 'export const mayDelete = async (db: Reads) => (await db.all(admins, {})).length > 1;';
  assert.equal(policyBreaches([sourceOf('features/users/policy.ts', waiting)]).length, 1);
});
