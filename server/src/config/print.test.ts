import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseDotenv } from './dotenv.ts';
import { type LoadedConfig, loadConfig, type Sections } from './load.ts';
import { minutesAsSeconds, port } from './parsers.ts';
import { formatFaults, printConfig, printEnvExample, reportConfig } from './print.ts';
import { serverSection } from './server.ts';
import { type Setting, section } from './setting.ts';

const sections = {
  server: serverSection,
  sessions: section('Sessions', {
    accessTokenTtlSeconds: {
      variable: 'ACCESS_TOKEN_EXPIRE_MINUTES',
      parse: minutesAsSeconds({ min: 1, max: 1440 }),
      fallback: () => 900,
      example: '15',
      reason: 'How long an access token lives, in minutes.',
    },
  }),
};
const readFile = (): string => assert.fail('no file is named');

function loaded(dotenv: string, environment: Record<string, string> = {}): LoadedConfig<typeof sections> {
  const result = loadConfig(sections, { dotenv, environment, readFile });
  assert.ok(result.ok, JSON.stringify(result));
  return result;
}

const variablesOf = (all: Sections) =>
  Object.values(all).flatMap(({ settings }) => Object.values(settings).map(({ variable }) => variable));

describe('.env.example', () => {
  const example = printEnvExample(sections);

  test('has a heading for each section, and each setting with its reason and default, commented out', () => {
    assert.match(
      example,
      /^## Sessions\n\n# How long an access token lives, in minutes\.\n# ACCESS_TOKEN_EXPIRE_MINUTES=15$/m,
    );
    assert.match(example, /^## Server\n\n# The address .*\n# HOST=127\.0\.0\.1\n\n# The TCP port .*\n# PORT=8000$/m);
    assert.match(example, /^# Required in production\.\n# Example: .*openssl rand -base64 48.*\n# SECRET_KEY=$/m);
    for (const variable of ['NODE_ENV', 'PYTHON_ENV', ...variablesOf(sections)]) {
      assert.match(example, new RegExp(`^# ${variable}=`, 'm'));
    }
  });

  test('as it is sets nothing', () => {
    const { values, warnings } = parseDotenv(example);
    assert.deepEqual([values.size, warnings], [0, []]);
  });

  test('with every setting taken in, changes nothing', () => {
    const takenIn = example.replaceAll(/^# ([A-Z_]+=)/gm, '$1');
    assert.equal(parseDotenv(takenIn).values.size, variablesOf(sections).length + 2);
    assert.deepEqual(loaded(takenIn).values, loaded('').values);
  });
});

test('every setting has an example that is right, unless it is a secret', () => {
  const settings: readonly Setting<unknown>[] = Object.values(sections).flatMap((part) => Object.values(part.settings));
  for (const { variable, parse, example, secret } of settings) {
    if (secret !== true) assert.doesNotThrow(() => parse(example), variable);
  }
});

describe('config print', () => {
  const dotenv = 'PORT=0080\nDATABASE_URL=postgresql://app:hunter2@db/auth?sslpassword=hunter2\nPYTHON_ENV=Production';
  const environment = { SECRET_KEY: `hunter2${'x'.repeat(32)}`, PUBLIC_URL: 'https://a.example/', LOG_LEVEL: 'WARN' };
  const result = loaded(dotenv, environment);

  test('shows each value in the words it was written in, and where from', () => {
    const lines = printConfig(result).split('\n');
    const shown = (variable: string) =>
      lines
        .find((line) => line.trim().startsWith(`${variable}=`))
        ?.trim()
        .split(/ {2,}/);
    assert.equal(lines[0], 'Running in production mode.');
    assert.deepEqual(shown('PORT'), ['PORT=0080', '(.env)']);
    assert.deepEqual(shown('LOG_LEVEL'), ['LOG_LEVEL=WARN', '(environment)']);
    assert.deepEqual(shown('PYTHON_ENV'), ['PYTHON_ENV=Production', '(.env)']);
    assert.deepEqual(shown('NODE_ENV'), ['NODE_ENV=(not set)', '(default)']);
    assert.deepEqual(shown('SECRET_KEY'), ['SECRET_KEY=[secret]', '(environment)']);
    assert.deepEqual(shown('DATABASE_URL'), ['DATABASE_URL=postgres://app@db:5432/auth', '(.env)']);
  });

  test('shows a default in the unit of its variable, and as the mode makes it', () => {
    const shown = new Map(result.entries.map((entry) => [entry.variable, entry.shown]));
    assert.equal(shown.get('ACCESS_TOKEN_EXPIRE_MINUTES'), '15');
    assert.equal(shown.get('HOST'), '0.0.0.0');
    assert.equal(shown.get('TRUST_PROXY'), 'off');
    assert.equal(shown.get('RATE_LIMITS'), 'on');
    assert.equal(loaded('').entries.find(({ variable }) => variable === 'PUBLIC_URL')?.shown, '(not set)');
  });

  test('shows a default that is worked out as the value it came to, and not its description', () => {
    const computed = (value: unknown) => ({
      work: section('Work', {
        lanes: {
          variable: 'LANES',
          parse: port,
          fallback: () => value,
          fallbackText: 'one per core',
          example: '4',
          reason: 'How many.',
        },
      }),
    });
    for (const [value, shown] of [
      [8, '8'],
      ['auto', 'auto'],
      [['a', 'b'], 'a,b'],
    ] as const) {
      const result = loadConfig(computed(value), { environment: {}, readFile });
      assert.equal(result.ok && result.entries.at(-1)?.shown, shown);
    }
  });

  test('never shows a secret, on a terminal or as JSON', () => {
    const report = JSON.stringify(reportConfig(result));
    assert.doesNotMatch(printConfig(result) + report, /hunter2/);
    assert.match(report, /"variable":"PORT","shown":"0080","origin":"\.env"/);
  });
});

describe('faults on a terminal', () => {
  test('say which variable, where it stands, what is wrong and why, and what would be right', () => {
    const result = loadConfig(sections, { dotenv: 'PORT=80x', environment: { CORS_ORIGINS: '*' }, readFile });
    assert.ok(!result.ok);
    assert.equal(
      formatFaults(result.faults),
      `2 settings are wrong:

  PORT (from .env)
    must be a whole number from 1 to 65535, not "80x"
    Example: PORT=8000

  CORS_ORIGINS (from the environment)
    (entry 1) must name exact origins, not *: browsers refuse * for calls with cookies (Fetch, "CORS protocol")
    Example: CORS_ORIGINS=https://app.example.com,http://localhost:3000
`,
    );
  });

  test('a single one is counted as one, and may lack place and example', () => {
    assert.equal(formatFaults([{ variable: 'X', problem: 'is odd' }]), 'One setting is wrong:\n\n  X\n    is odd\n');
  });
});
