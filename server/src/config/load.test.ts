// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what a .env file says.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Secret } from '../kernel/secret.ts';
import type { SecretKeys } from '../kernel/secret-keys.ts';
import type { DatabaseUrl } from './database-url.ts';
import { type LoadedConfig, type LoadResult, loadConfig, type RefusedConfig, type Sections } from './load.ts';
import { daysAsSeconds, minutesAsSeconds, secretText } from './parsers.ts';
import { resolveDatabase, resolvePublicUrl, serverSection } from './server.ts';
import { section } from './setting.ts';
import type { Sources } from './sources.ts';

const sessionsSection = section('Sessions', {
  accessTokenTtlSeconds: {
    variable: 'ACCESS_TOKEN_EXPIRE_MINUTES',
    parse: minutesAsSeconds({ min: 1, max: 1440 }),
    fallback: () => 900,
    example: '15',
    reason: 'How long an access token lives, in minutes.',
  },
  refreshTtlSeconds: {
    variable: 'JWT_REFRESH_EXPIRY',
    parse: daysAsSeconds({ min: 1, max: 365 }),
    fallback: () => 2_592_000,
    example: '30',
    reason: 'How long a session lives, in days.',
  },
});
const sections = { server: serverSection, sessions: sessionsSection };
const key = 'k'.repeat(40);
const productionNeeds = { SECRET_KEY: key, PUBLIC_URL: 'https://auth.example.com' };

function sources(
  dotenv: string,
  environment: Sources['environment'] = {},
  files: Record<string, string> = {},
): Sources {
  const readFile = (path: string): string => {
    const content = files[path];
    if (content === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    return content;
  };
  return { dotenv, environment, readFile };
}

function loaded<S extends Sections>(result: LoadResult<S>): LoadedConfig<S> {
  assert.ok(result.ok, result.ok ? '' : JSON.stringify(result.faults));
  return result;
}

function refused(result: LoadResult): RefusedConfig {
  assert.ok(!result.ok, 'the configuration was accepted');
  return result;
}

const load = (...from: Parameters<typeof sources>) => loadConfig(sections, sources(...from));
const faultsOf = (...from: Parameters<typeof sources>) => refused(load(...from)).faults;
const variablesAtFault = (...from: Parameters<typeof sources>) => faultsOf(...from).map(({ variable }) => variable);

describe('the .env of the Python server, unchanged', () => {
  const dotenv = `# Auth
ACCESS_TOKEN_EXPIRE_MINUTES=15
JWT_REFRESH_EXPIRY=30
PYTHON_ENV=production
DATABASE_URL=postgresql+psycopg2://app:p%40ss%23w%2Ford@db:5432/auth   # the main database
ALGORITHM="HS256"
`;

  test('keeps its meaning; only what production needs besides is asked for', () => {
    assert.deepEqual(variablesAtFault(dotenv).sort(), ['PUBLIC_URL', 'SECRET_KEY']);
  });

  test('starts in production once that is given', () => {
    const { mode, values, origins, warnings } = loaded(load(dotenv, productionNeeds));
    assert.equal(mode, 'production');
    assert.deepEqual(values.sessions, { accessTokenTtlSeconds: 900, refreshTtlSeconds: 2_592_000 });
    const url = values.server.databaseUrl;
    assert.ok(url?.engine === 'postgres');
    assert.deepEqual([url.host, url.port, url.user, url.database], ['db', 5432, 'app', 'auth']);
    assert.equal(url.password?.reveal(), 'p@ss#w/ord');
    assert.equal(values.server.host, '0.0.0.0');
    assert.deepEqual(
      ['JWT_REFRESH_EXPIRY', 'SECRET_KEY', 'PORT', 'PYTHON_ENV', 'NODE_ENV'].map((variable) => origins.get(variable)),
      ['.env', 'environment', 'default', '.env', 'default'],
    );
    assert.deepEqual(warnings, []);
  });
});

describe('without any source', () => {
  test('development starts with defaults', () => {
    const { mode, values } = loaded(loadConfig(sections, { environment: {}, readFile: () => assert.fail() }));
    assert.equal(mode, 'development');
    assert.deepEqual(values.server, {
      ...{ host: '127.0.0.1', port: 8000, dataDir: './data', publicUrl: undefined, corsOrigins: [] },
      ...{
        trustProxy: { kind: 'off' },
        logLevel: 'info',
        maxConnections: 10_000,
        secretKeys: undefined,
        databaseUrl: undefined,
        databasePoolSize: 20,
        shutdownDelaySeconds: 0,
        rateLimits: true,
      },
    });
    assert.deepEqual(resolveDatabase(values.server), { engine: 'sqlite', path: 'data/keyward.db' });
    assert.equal(resolvePublicUrl(values.server), 'http://localhost:8000');
  });

  test('the values have the types of their settings', () => {
    const { values } = loaded(load(''));
    // Compiles only while each type is exact: `any` would pass one way, not both.
    type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
    const same: [
      Same<typeof values.server.port, number>,
      Same<typeof values.server.secretKeys, SecretKeys | undefined>,
      Same<typeof values.server.databaseUrl, DatabaseUrl | undefined>,
      Same<typeof values.server.corsOrigins, readonly string[]>,
      Same<typeof values.sessions.refreshTtlSeconds, number>,
    ] = [true, true, true, true, true];
    assert.equal(typeof values.server.port, 'number');
    assert.ok(same.every(Boolean));
  });
});

describe('priority', () => {
  const file = { '/run/secret': `${'f'.repeat(40)}\n` };
  const secretOf = (...from: Parameters<typeof sources>) => {
    const { values, origins } = loaded(load(...from));
    return [values.server.secretKeys?.present.reveal().charAt(0), origins.get('SECRET_KEY')];
  };

  test('the environment goes before the file, the file before .env', () => {
    const dotenv = `SECRET_KEY=${'d'.repeat(40)}\n`;
    const named = { SECRET_KEY_FILE: '/run/secret' };
    assert.deepEqual(secretOf(dotenv, { ...named, SECRET_KEY: key }, file), ['k', 'environment']);
    assert.deepEqual(secretOf(dotenv, named, file), ['f', 'file']);
    assert.deepEqual(secretOf(dotenv, {}, file), ['d', '.env']);
  });

  test('_FILE may stand in .env, also beside the variable itself', () => {
    const dotenv = `SECRET_KEY=${'d'.repeat(40)}\nSECRET_KEY_FILE=/run/secret`;
    assert.deepEqual(secretOf(dotenv, {}, file), ['f', 'file']);
  });

  test('the environment goes before .env, and an empty text is not set', () => {
    const { values } = loaded(
      load('PORT=1\nHOST=\nDATA_DIR=" "\nLOG_LEVEL=debug', { PORT: '2', LOG_LEVEL: '', HOST: ' ' }),
    );
    const { port, host, dataDir, logLevel } = values.server;
    assert.deepEqual([port, host, dataDir, logLevel], [2, '127.0.0.1', './data', 'debug']);
  });

  test('${NAME} in .env sees the environment', () => {
    const { values } = loaded(load('DATABASE_URL=mysql://app:${DB_PASSWORD}@db/auth', { DB_PASSWORD: 'x%2Fy' }));
    assert.ok(values.server.databaseUrl?.engine === 'mysql');
    assert.equal(values.server.databaseUrl.password?.reveal(), 'x/y');
  });
});

describe('a secret from a file', () => {
  const passwordSection = section('Mail', {
    password: {
      variable: 'SMTP_PASSWORD',
      parse: secretText({ minLength: 1 }),
      fallback: (): Secret | undefined => undefined,
      example: '',
      reason: '',
      secret: true,
    },
  });
  const read = (content: string) => {
    const files = { '/s': content };
    return loadConfig({ mail: passwordSection }, sources('', { SMTP_PASSWORD_FILE: '/s' }, files));
  };

  test('loses one newline at its end and nothing more', () => {
    for (const [content, secret] of [
      ['a b', 'a b'],
      [' a#b \n', ' a#b '],
      ['a\r\n', 'a'],
      ['a\n\n', 'a\n'],
    ] as const) {
      assert.equal(loaded(read(content)).values.mail.password?.reveal(), secret);
    }
  });

  test('that cannot be opened, or is empty, is a fault, though .env has the variable as well', () => {
    const dotenv = `SECRET_KEY=${key}`;
    const [absent] = faultsOf(dotenv, { SECRET_KEY_FILE: 'hunter2' });
    assert.equal(absent?.problem, 'cannot be read: SECRET_KEY_FILE names a file that cannot be opened (ENOENT)');
    assert.match(refused(read('\n')).faults[0]?.problem ?? '', /SMTP_PASSWORD_FILE names an empty file/);
  });

  test('is for secrets only', () => {
    assert.equal(loaded(load('', { PORT_FILE: '/s' }, { '/s': '1' })).values.server.port, 8000);
    const { values } = loaded(load('', { DATABASE_URL_FILE: '/s' }, { '/s': 'sqlite:///x.db\n' }));
    assert.deepEqual(values.server.databaseUrl, { engine: 'sqlite', path: 'x.db' });
  });
});

describe('the mode', () => {
  const modeOf = (dotenv: string, environment: Sources['environment'] = {}) =>
    loaded(load(dotenv, { ...productionNeeds, ...environment })).mode;

  test('is production when either variable says so, in any case', () => {
    assert.equal(modeOf('PYTHON_ENV=production'), 'production');
    assert.equal(modeOf('', { NODE_ENV: ' Production ' }), 'production');
    assert.equal(modeOf('PYTHON_ENV=PRODUCTION', { NODE_ENV: 'production' }), 'production');
    assert.equal(modeOf('PYTHON_ENV=production', { NODE_ENV: '' }), 'production');
  });

  test('is development otherwise, with a warning for a word that may have meant production', () => {
    assert.equal(modeOf('NODE_ENV=development\nPYTHON_ENV=test'), 'development');
    assert.deepEqual(loaded(load('NODE_ENV=test')).warnings, []);
    const { mode, warnings } = loaded(load('PYTHON_ENV=prod'));
    assert.equal(mode, 'development');
    assert.deepEqual(warnings, ['PYTHON_ENV="prod" is not "production", so this runs as in development']);
  });

  test('the environment goes before .env for one and the same variable', () => {
    assert.equal(modeOf('PYTHON_ENV=production', { PYTHON_ENV: 'development' }), 'development');
  });

  test('that the two variables dispute is one fault, and no rule of either mode adds to it', () => {
    for (const [dotenv, environment, variable] of [
      ['PYTHON_ENV=production', { NODE_ENV: 'development' }, 'NODE_ENV'],
      ['PYTHON_ENV=dev', { NODE_ENV: 'production' }, 'PYTHON_ENV'],
      ['RATE_LIMITS=off\nNODE_ENV=production\nPYTHON_ENV=staging', {}, 'PYTHON_ENV'],
    ] as const) {
      assert.deepEqual(variablesAtFault(dotenv, environment), [variable]);
    }
  });
});

describe('faults', () => {
  test('are reported all together, each with its example and where the wrong text stands', () => {
    const dotenv = 'PORT=80x\nCORS_ORIGINS=*\nDATABASE_URL=oracle://u:hunter2@h/d\nACCESS_TOKEN_EXPIRE_MINUTES=15.5';
    const faults = faultsOf(dotenv, { LOG_LEVEL: 'loud', SECRET_KEY: 'hunter2', NODE_ENV: 'production' });
    assert.deepEqual(
      faults.map(({ variable, origin }) => [variable, origin]),
      [
        ['PORT', '.env'],
        ['PUBLIC_URL', undefined],
        ['CORS_ORIGINS', '.env'],
        ['LOG_LEVEL', 'environment'],
        ['SECRET_KEY', 'environment'],
        ['DATABASE_URL', '.env'],
        ['ACCESS_TOKEN_EXPIRE_MINUTES', '.env'],
      ],
    );
    assert.ok(faults.every(({ example }) => example !== undefined));
    assert.doesNotMatch(JSON.stringify(faults), /hunter2/);
  });

  test('of production: no key, no public URL, no TLS, no limits', () => {
    assert.deepEqual(variablesAtFault('', { NODE_ENV: 'production' }), ['PUBLIC_URL', 'SECRET_KEY']);
    const unsafe = {
      ...productionNeeds,
      NODE_ENV: 'production',
      PUBLIC_URL: 'http://auth.example.com',
      RATE_LIMITS: 'off',
    };
    const faults = faultsOf('', unsafe);
    assert.deepEqual(
      faults.map(({ variable }) => variable),
      ['PUBLIC_URL', 'RATE_LIMITS'],
    );
    assert.match(faults[0]?.problem ?? '', /must begin with https:\/\/ in production: without TLS/);
    loaded(load('', { ...unsafe, NODE_ENV: 'development' }));
  });

  test('of production: an origin without TLS that may call with cookies, unless it is on this very machine', () => {
    const production = { ...productionNeeds, NODE_ENV: 'production' };
    const [fault, ...more] = faultsOf('', {
      ...production,
      CORS_ORIGINS: 'https://a.example,http://b.example,http://c.example:8080',
    });
    assert.deepEqual([fault?.variable, more], ['CORS_ORIGINS', []]);
    assert.match(fault?.problem ?? '', /must name https:\/\/ origins in production.*not http:\/\/b\.example:/);
    loaded(load('', { ...production, CORS_ORIGINS: 'https://a.example,http://localhost:3000,http://[::1]' }));
    loaded(load('CORS_ORIGINS=http://b.example'));
  });

  test('a public URL on this very machine needs no TLS; one that only looks so does', () => {
    const production = { ...productionNeeds, NODE_ENV: 'production' };
    for (const host of ['localhost:8000', '127.0.0.1', '127.1', '[::1]:8000', 'a.localhost']) {
      loaded(load('', { ...production, PUBLIC_URL: `http://${host}` }));
    }
    for (const host of ['127.0.0.1.example.com', 'localhost.example.com', 'notlocalhost', '[::2]', '10.0.0.1']) {
      assert.deepEqual(variablesAtFault('', { ...production, PUBLIC_URL: `http://${host}` }), ['PUBLIC_URL']);
    }
  });

  test('a key that is short, or is the command that makes one, is refused', () => {
    assert.match(faultsOf(`SECRET_KEY=${'k'.repeat(31)}`)[0]?.problem ?? '', /at least 32 characters; it has 31/);
    const command = '<the output of: openssl rand -base64 48>';
    assert.match(faultsOf(`SECRET_KEY=${command}`)[0]?.problem ?? '', /holds the command/);
    assert.equal(faultsOf(`SECRET_KEY=short`)[0]?.example, command);
  });

  test('a wildcard origin is refused with the reason', () => {
    for (const origins of ['*', 'https://a.example,https://*.example.com']) {
      assert.match(faultsOf(`CORS_ORIGINS=${origins}`)[0]?.problem ?? '', /exact origins.*cookies/);
    }
    const { values } = loaded(load('CORS_ORIGINS=https://A.example/, http://localhost:3000'));
    assert.deepEqual(values.server.corsOrigins, ['https://a.example', 'http://localhost:3000']);
  });

  test('of the sources themselves stand with the rest', () => {
    const faults = [{ variable: '.env', problem: 'is there but cannot be read (EACCES)' }];
    const result = refused(loadConfig(sections, { ...sources('', { PORT: 'x' }), faults }));
    assert.deepEqual(
      result.faults.map(({ variable }) => variable),
      ['.env', 'PORT'],
    );
  });

  test('a mistake inside parse is thrown on, not reported as the reader’s', () => {
    const parse = (): never => {
      throw new TypeError('bug');
    };
    const broken = section('Broken', { x: { variable: 'X', parse, fallback: () => 1, example: '', reason: '' } });
    assert.throws(() => loadConfig({ broken }, sources('X=1')), TypeError);
  });

  test('one variable in two sections is a mistake of the program', () => {
    assert.throws(() => loadConfig({ a: serverSection, b: serverSection }, sources('')), /HOST is declared twice/);
  });

  test('the rules of a section wait for its values, not for those of another', () => {
    const strict = section(
      'Strict',
      { low: { variable: 'LOW', parse: Number, fallback: () => 2, example: '1', reason: '' } },
      ({ low }) => (low > 1 ? [{ variable: 'LOW', problem: 'is too high' }] : []),
    );
    const result = refused(loadConfig({ server: serverSection, strict }, sources('PORT=x')));
    assert.deepEqual(
      result.faults.map(({ variable }) => variable),
      ['PORT', 'LOW'],
    );
  });
});

describe('an unknown variable', () => {
  test('in .env that resembles a known one draws a warning, with or without faults', () => {
    const dotenv = 'ACESS_TOKEN_EXPIRE_MINUTES=5\nSECERT_KEY_FILE=x\nport=1\nHSOT=x\nPYHTON_ENV=production';
    const { warnings, values } = loaded(load(dotenv));
    assert.deepEqual(
      warnings.map((warning) => warning.replace(/.*"(.*)".* mean (.*)\?/, '$1 → $2')),
      [
        'ACESS_TOKEN_EXPIRE_MINUTES → ACCESS_TOKEN_EXPIRE_MINUTES',
        'SECERT_KEY_FILE → SECRET_KEY_FILE',
        'port → PORT',
        'HSOT → HOST',
        'PYHTON_ENV → PYTHON_ENV',
      ],
    );
    assert.equal(values.sessions.accessTokenTtlSeconds, 900);
    assert.equal(refused(load(`SECRET_KY=${key}\nPORT=x`)).warnings.length, 1);
  });

  test('that resembles none, or stands in the environment, draws none', () => {
    const dotenv = 'ALGORITHM=HS256\nPOSTGRES_PASSWORD=x\nPATH=x\nPOST_X=y\nREDIS_URL=redis://r\nHOSTNAME=x';
    assert.deepEqual(loaded(load(dotenv, { SECRET_KY: 'x', port: '1' })).warnings, []);
  });

  test('a line of .env that cannot be read is a warning without its text', () => {
    assert.deepEqual(loaded(load('PORT=1\n=hunter2\nHOST=::1')).warnings, [
      '.env line 2 cannot be read and is skipped',
    ]);
  });
});
