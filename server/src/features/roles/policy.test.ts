import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { adminRoleName, builtInPermissions, covers, permissionPattern, permissionsOutside } from './policy.ts';
import { checkRoleName, foldRoleName } from './role-name.ts';

/** What `roles.name` and `roles.name_key` hold, in code points (db/migrations/0004-roles.ts). */
const room = 256;
const isRoleName = (name: string) => checkRoleName(name).length === 0;
const isPermission = (name: string) => new RegExp(permissionPattern).test(name);
const shown = (text: string) => `${JSON.stringify([...text].slice(0, 24).join(''))}, ${[...text].length} long`;

describe('the name of a role', () => {
  const sign = fc.constantFrom(...'aZ İẞΣﬁﷺＡḆH\u0331\u0301\u200b');
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), fc.string({ unit: sign, maxLength: 70 }));

  test('folded twice is folded once', () => {
    fc.assert(fc.property(text, (name) => assert.equal(foldRoleName(foldRoleName(name)), foldRoleName(name))));
    assert.equal(foldRoleName('H\u0331'), foldRoleName('\u1e96'));
  });

  test('has room in its columns when it is accepted, as it was typed and folded', () => {
    const fits = (name: string) => assert.ok([...name].length <= room && [...foldRoleName(name)].length <= room);
    fc.assert(
      fc.property(text, (name) => {
        if (isRoleName(name)) fits(name);
      }),
    );
    for (const longest of ['ᾂ'.normalize('NFD').repeat(64), 'İ'.repeat(32)]) {
      assert.ok(isRoleName(longest));
      fits(longest);
    }
  });

  for (const name of [
    'editor',
    'Chief Editor',
    'a',
    'редактор',
    '編集者',
    'a:b@c',
    '👩',
    'a'.repeat(64),
    '👩'.repeat(64),
  ])
    test(`may be ${shown(name)}`, () => assert.ok(isRoleName(name)));

  const invisible = [
    '\u00ad',
    '\u034f',
    '\u115f',
    '\u200b',
    '\u202e',
    '\u2066',
    '\u2800',
    '\u3164',
    '\ufe0f',
    '\uffa0',
  ];
  for (const name of [
    ...['', ' ', ' editor', 'editor ', 'chief  editor', 'a\tb', 'a\nb', 'a\0b', 'a\u2028b', 'a\ud800'],
    ...['a'.repeat(65), '👩'.repeat(65), 'ﬁ'.repeat(33), 'ﷺ'.repeat(4)],
    ...invisible.flatMap((it) => [`edi${it}tor`, `editor${it}`, it]),
  ]) {
    test(`must not be ${shown(name)}`, () => {
      assert.deepEqual(checkRoleName(name), [{ pointer: '/name', detail: 'Use 1 to 64 visible characters.' }]);
    });
  }

  test('cannot pass for the administrator’s by case, width, or what is not seen', () => {
    for (const name of ['ADMIN', 'Admin', 'ａｄｍｉｎ']) assert.equal(foldRoleName(name), foldRoleName(adminRoleName));
    for (const name of ['ad\u200bmin', 'admin\ufe0f', 'admin ']) assert.ok(!isRoleName(name));
  });

  const looks = [{ pointer: '/name', detail: 'This looks like the built-in role admin.' }];
  for (const name of ['ádmin', 'admín', 'admın', 'ɑdmin', 'adrnin', 'adm1n', 'Admln', 'ɑđɱɪɴ', '@dmin', 'ADMİN'])
    test(`cannot pass for the administrator’s as ${shown(name)}`, () => assert.deepEqual(checkRoleName(name), looks));

  const mixed = [{ pointer: '/name', detail: 'Do not mix Latin letters with those of a script that looks like it.' }];
  for (const name of ['аdmin', 'admіn', 'αdmin', 'аԁmіn', 'editоr', 'ԁev', 'Ꭺdmin', 'admiո'])
    test(`must not mix scripts that look alike: ${shown(name)}`, () => assert.deepEqual(checkRoleName(name), mixed));

  for (const name of [
    'administrator',
    'admins',
    'admin 2',
    'läufer',
    'λ',
    'администратор',
    'manager 管理者',
    'admin管理',
    'QA 팀',
  ])
    test(`may be ${shown(name)}, which looks like no other`, () => assert.ok(isRoleName(name)));
});

describe('the name of a permission', () => {
  const part = 'a'.repeat(63);
  for (const name of [...Object.keys(builtInPermissions), 'a:b', 'posts.drafts:re-read_2', `${part}:${part}`])
    test(`may be ${shown(name)}`, () => assert.ok(isPermission(name)));
  for (const name of [
    ...[
      '',
      'posts',
      ':',
      'posts:',
      ':read',
      'posts:read:own',
      'Posts:read',
      'posts:Read',
      '1posts:read',
      'posts:1read',
    ],
    ...[
      'posts :read',
      'posts: read',
      ' posts:read',
      'posts:read ',
      'posts:read\n',
      'posts:*',
      '*',
      'pösts:read',
      '-a:b',
    ],
    ...[`a${part}:a`, `a:a${part}`],
  ]) {
    test(`must not be ${shown(name)}`, () => assert.ok(!isPermission(name)));
  }
});

describe('permissions outside of what is allowed', () => {
  const outside = (permissions: readonly string[], allowed: readonly string[]) =>
    permissionsOutside(permissions, new Set(allowed), (it) => `not ${it}`);

  test('each gets a fault at its place, repeated ones too', () => {
    assert.deepEqual(outside(['a:b', 'c:d', 'e:f', 'c:d'], ['a:b', 'e:f']), [
      { pointer: '/permissions/1', detail: 'not c:d' },
      { pointer: '/permissions/3', detail: 'not c:d' },
    ]);
  });

  test('there are none where all are allowed, or none is asked for', () => {
    assert.deepEqual(outside(['a:b'], ['a:b', 'c:d']), []);
    assert.deepEqual(outside([], []), []);
  });

  test('names are compared to the letter', () => {
    assert.equal(outside(['A:b', 'a:b ', '__proto__'], ['a:b']).length, 3);
  });
});

describe('who reaches whom', () => {
  const somebody = (...permissions: string[]) => ({ roles: ['some'], permissions });
  const admin = (...permissions: string[]) => ({ roles: ['admin'], permissions });

  test('whoever holds all that the other holds, and nobody else', () => {
    assert.equal(covers(somebody('a:b', 'c:d'), somebody('a:b')), true);
    assert.equal(covers(somebody('a:b'), somebody('a:b')), true, 'peers reach one another');
    assert.equal(covers(somebody('a:b'), somebody('a:b', 'c:d')), false);
    assert.equal(covers(somebody(), somebody()), true);
  });

  test('only an administrator reaches an administrator, whatever else the others hold', () => {
    assert.equal(covers(somebody('a:b', 'c:d'), admin('a:b')), false);
    assert.equal(covers(admin(), admin('a:b')), true);
    assert.equal(covers(admin(), somebody('a:b')), true);
  });
});
