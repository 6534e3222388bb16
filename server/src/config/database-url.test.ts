import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describeDatabaseUrl, parseDatabaseUrl } from './database-url.ts';
import { parseDotenv } from './dotenv.ts';
import { SettingError } from './setting.ts';

/** The URL with its password in the open, for comparison. */
function read(text: string): Record<string, unknown> {
  const url = parseDatabaseUrl(text);
  return url.engine !== 'sqlite' && url.password !== undefined
    ? { ...url, password: url.password.reveal() }
    : { ...url };
}

function refusal(text: string): string {
  try {
    parseDatabaseUrl(text);
  } catch (error) {
    assert.ok(error instanceof SettingError);
    return error.message;
  }
  return assert.fail(`accepted ${text}`);
}

describe('an SQLite URL', () => {
  const forms: readonly (readonly [string, string])[] = [
    ['sqlite://', ':memory:'],
    ['sqlite:///', ':memory:'],
    ['sqlite:///:memory:', ':memory:'],
    ['sqlite+aiosqlite:///:memory:', ':memory:'],
    ['sqlite:///app.db', 'app.db'],
    ['sqlite:///./app.db', './app.db'],
    ['sqlite:///../data/app.db', '../data/app.db'],
    ['sqlite:////abs/app.db', '/abs/app.db'],
    ['sqlite+pysqlite:////abs/app.db', '/abs/app.db'],
    ['sqlite:///C:\\x\\app.db', 'C:\\x\\app.db'],
    ['sqlite:///C:/x/app.db', 'C:/x/app.db'],
    ['sqlite:///./my%20app.db', './my app.db'],
    ['sqlite:///./app.db?timeout=30&check_same_thread=false', './app.db'],
    ['sqlite:///dir@2/a:b#c.db', 'dir@2/a:b#c.db'],
    [' sqlite:///./app.db ', './app.db'],
  ];
  for (const [text, path] of forms) {
    test(`${text} is ${path}`, () => assert.deepEqual(parseDatabaseUrl(text), { engine: 'sqlite', path }));
  }

  test('with two slashes before the path is refused with the right form', () => {
    assert.match(refusal('sqlite://app.db'), /three slashes .*sqlite:\/\/\/\.\/app\.db/);
    assert.match(refusal('sqlite://./app.db'), /three slashes/);
    assert.match(refusal('sqlite://:memory:'), /three slashes/);
    assert.match(refusal('sqlite://user:secret@/app.db'), /three slashes/);
  });

  test('that is a file: URI is refused, while a file of such a name is not', () => {
    assert.match(refusal('sqlite:///file:app.db?mode=ro&uri=true'), /must be a path/);
    assert.deepEqual(parseDatabaseUrl('sqlite:///file:app.db'), { engine: 'sqlite', path: 'file:app.db' });
  });
});

describe('a URL of a database server', () => {
  const parts = { host: 'h', port: 5432, user: 'u', password: 'p', database: 'd', options: {} };

  for (const driver of ['', '+psycopg2', '+psycopg', '+asyncpg', '+pg8000']) {
    test(`postgresql${driver}:// and postgres${driver}:// are postgres`, () => {
      assert.deepEqual(read(`postgresql${driver}://u:p@h/d`), { engine: 'postgres', ...parts });
      assert.deepEqual(read(`postgres${driver}://u:p@h/d`), { engine: 'postgres', ...parts });
    });
  }

  for (const driver of ['', '+pymysql', '+mysqldb', '+aiomysql', '+asyncmy', '+mysqlconnector']) {
    test(`mysql${driver}:// is mysql and mariadb${driver}:// is mariadb`, () => {
      assert.deepEqual(read(`mysql${driver}://u:p@h/d`), { engine: 'mysql', ...parts, port: 3306 });
      assert.deepEqual(read(`mariadb${driver}://u:p@h/d`), { engine: 'mariadb', ...parts, port: 3306 });
    });
  }

  test('keeps its port, and hands its query on, decoded as a form', () => {
    const { port, options } = read('postgresql://u:p@h:6543/d?sslmode=require&application_name=a+b%26c&empty=');
    assert.equal(port, 6543);
    assert.deepEqual(options, { sslmode: 'require', application_name: 'a b&c' });
  });

  test('may lack everything that has a default', () => {
    const bare = { engine: 'postgres', host: 'localhost', port: 5432, user: '', database: 'd', options: {} };
    assert.deepEqual(read('postgresql:///d'), bare);
    assert.deepEqual(read('postgresql://u@/d'), { ...bare, user: 'u' });
    assert.deepEqual(read('postgresql://u:@h/d'), { ...bare, user: 'u', host: 'h' });
    assert.deepEqual(read('postgresql://:p@h/d'), { ...bare, host: 'h', password: 'p' });
    assert.deepEqual(read('postgresql://u@h'), { ...bare, user: 'u', host: 'h', database: 'u' });
  });

  test('without a database is refused where there is no default', () => {
    assert.match(refusal('mysql://u:p@h'), /names no database/);
    assert.match(refusal('postgresql://'), /names no database/);
  });

  test('takes an IPv6 address in brackets', () => {
    assert.equal(read('postgresql://u:p@[2001:db8::1]:5433/d').host, '2001:db8::1');
    assert.equal(read('postgresql://u:p@[::1]/d').port, 5432);
    assert.match(refusal('postgresql://u:p@[nonsense]/d'), /IPv6/);
  });

  test('takes host, port, user and password from the query as well, as a Unix socket needs it', () => {
    assert.deepEqual(read('postgresql+psycopg2://u:p@/d?host=/var/run/postgresql&port=5433&sslmode=disable'), {
      ...{ engine: 'postgres', host: '/var/run/postgresql', port: 5433, user: 'u', password: 'p', database: 'd' },
      options: { sslmode: 'disable' },
    });
    assert.deepEqual(read('mysql://h/d?user=u&passwd=p'), { engine: 'mysql', ...parts, port: 3306 });
  });

  test('with an unknown database or driver is refused, and told what is supported', () => {
    assert.match(refusal('oracle://u:p@h/d'), /"oracle".* not supported.*sqlite, postgresql, postgres, mysql, mariadb/);
    assert.match(refusal('mssql+pyodbc://u:p@h/d'), /"mssql".* not supported/);
    assert.match(refusal('cockroachdb://u:p@h/d'), /"cockroachdb".* not supported/);
    assert.match(refusal('sqlite+pysqlcipher://:p@/x.db'), /driver "pysqlcipher".*aiosqlite/);
    assert.match(refusal('postgresql+psycopg3://u:p@h/d'), /driver "psycopg3".*asyncpg/);
  });

  test('of no known shape is refused', () => {
    for (const text of ['app.db', './app.db', 'postgresql:u@h', '://u@h/d', 'postgresql://u:p@[::1]x/d']) {
      assert.match(refusal(text), /must be a URL/);
    }
    assert.match(refusal('postgresql://u:p@h:/d'), /port from 1 to 65535/);
    assert.match(refusal('postgresql://u:p@h:0/d'), /port from 1 to 65535/);
    assert.match(refusal('postgresql://u:p@h:70000/d'), /port from 1 to 65535/);
    assert.match(refusal('postgresql://h/d?a=1&a=2'), /option twice/);
  });
});

describe('a password', () => {
  const passwords: readonly (readonly [string, string])[] = [
    ['p%40ss%23w%2Ford', 'p@ss#w/ord'],
    ['kx%2Fj%3A%3Fy', 'kx/j:?y'],
    ['a/b#c?d:e&f=g', 'a/b#c?d:e&f=g'],
    ['100%', '100%'],
    ['%zz%4', '%zz%4'],
    ['a+b', 'a+b'],
    ['%C3%A9é%F0%9F%94%91', 'éé🔑'],
    ['%ff', '\uFFFD'],
    ['%25 40', '% 40'],
    ['[x]', '[x]'],
  ];
  for (const [written, meant] of passwords) {
    test(`written ${written} is ${meant}`, () => {
      assert.equal(read(`postgresql://u:${written}@h:5432/d`).password, meant);
    });
  }

  test('user and database are decoded too', () => {
    assert.deepEqual(read('postgresql://u%40x%2F:p@h/d%2F%3F'), {
      ...{ engine: 'postgres', host: 'h', port: 5432, user: 'u@x/', password: 'p', database: 'd/?' },
      options: {},
    });
  });

  test('any that is percent-encoded survives, also through a .env file', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (password) => {
        const url = `mysql+pymysql://u:${encodeURIComponent(password)}@h/d`;
        assert.equal(read(url).password, password);
        const { values } = parseDotenv(`X=1\nDATABASE_URL=${url}\nQUOTED="${url}" # comment`);
        assert.equal(values.get('DATABASE_URL'), url);
        assert.equal(values.get('QUOTED'), url);
      }),
    );
  });

  test('stands in no refusal, whatever is wrong around it', () => {
    const wrong = [
      ...['oracle://u:hunter2@h/d', 'sqlite://u:hunter2@h/d', 'postgresql://u:a@hunter2@h/d', 'postgresql://u:hunter2'],
      ...['postgresql://u/x:hunter2@h/d', 'postgresql://u:p@h:hunter2/d', 'postgresql://u:x@hunter2#h/d', 'hunter2'],
      ...['mysql://u:hunter2@h', 'postgresql://u:hunter2@[x]/d', 'postgresql://u:hunter2@[::1]x', 'mysql:u:hunter2@h'],
      ...[
        'postgresql+x://u:hunter2@h/d',
        'postgresql://h/d?password=hunter2&password=hunter2',
        'postgresql://h:hunter2',
      ],
    ];
    for (const text of wrong) assert.doesNotMatch(refusal(text), /hunter2/);
  });

  test('with a raw @ is refused instead of turned into a host', () => {
    assert.match(refusal('postgresql://u:p@ss@h/d'), /write %40 for @/);
    assert.match(refusal('postgresql://u/x:p@h/d'), /%2F for \//);
  });
});

describe('a URL that is described', () => {
  test('has all but password and options', () => {
    const text = 'postgresql+asyncpg://u%40x:hunter2@[::1]:5433/d%2F1?sslpassword=hunter2';
    const url = parseDatabaseUrl(text);
    assert.equal(describeDatabaseUrl(url), 'postgres://u%40x@[::1]:5433/d%2F1');
    assert.equal(describeDatabaseUrl(parseDatabaseUrl('mysql:///d')), 'mysql://localhost:3306/d');
    assert.equal(describeDatabaseUrl(parseDatabaseUrl('sqlite:////a/b.db')), 'sqlite:////a/b.db');
    assert.equal(describeDatabaseUrl(parseDatabaseUrl('sqlite://')), 'sqlite:// (in memory)');
  });

  test('the value itself prints no password either', () => {
    const url = parseDatabaseUrl('postgresql://u:hunter2@h/d');
    assert.doesNotMatch(`${JSON.stringify(url)} ${inspect(url, { showHidden: true })}`, /hunter2/);
  });
});
