import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { commands } from './commands/index.ts';
import { runCli } from './run.ts';

/** Runs what needs no configuration, in this process. */
async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const code = await runCli(args, {
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    readStdin: () => assert.fail('nothing here reads standard input'),
    sources: () => assert.fail('nothing here reads the configuration'),
  });
  return { code, ...written };
}

describe('a command that was called the wrong way', () => {
  const wrong: readonly (readonly [args: string, says: RegExp])[] = [
    ['nothing', /there is no command "nothing"; see keyward help/],
    ['user', /there is no command "user"/],
    ['user create --password hunter2', /Unknown option '--password'\nusage: keyward user create .*--email/],
    ['user create --email', /'--email <value>' argument missing\nusage: /],
    ['user create --admin=yes', /does not take an argument\nusage: /],
    ['user delete 1 2', /"2" is one argument too many\nusage: keyward user delete </],
    ['keys revoke -x', /Unknown option '-x'; what is no option goes behind --\nusage: keyward keys revoke </],
    ['audit list --event -HrmTVhioObYlNy60VAQGQ', /argument is ambiguous/],
    ['config print -HrmTVhioObYlNy60VAQGQ', /"-HrmTVhioObYlNy60VAQGQ" is one argument too many/],
    [`config print -${'k'.repeat(42)}`, /"-k{42}" is one argument too many/],
    ['migrate statsu', /"statsu" is one argument too many\nusage: keyward migrate$/m],
    ['config print HOST', /"HOST" is one argument too many/],
    ['serve 8000', /"8000" is one argument too many/],
  ];
  for (const [args, says] of wrong) {
    test(`keyward ${args}`, async () => {
      const { code, out, err } = await run(...args.split(' '));
      assert.equal(code, 2);
      assert.equal(out, '');
      assert.match(err, says);
      assert.equal(err.includes('    at '), false, 'no stack');
    });
  }

  test('is told so as JSON, where JSON is wanted', async () => {
    const { code, out, err } = await run('user', 'create', '--password', 'hunter2', '--json');
    assert.deepEqual([code, out, JSON.parse(err).error], [2, '', 'UsageError']);
    assert.equal(err.includes('hunter2'), false, 'what may be a password is not repeated');
  });
});

describe('help', () => {
  for (const args of [[], ['help'], ['--help'], ['-h'], ['user', 'create', '--help']]) {
    test(`keyward ${args.join(' ')}`, async () => {
      const { code, out } = await run(...args);
      assert.equal(code, 0);
      for (const { words, summary } of commands) assert.ok(out.includes(words.join(' ')) && out.includes(summary));
    });
  }

  test('every command is found by its words: none stands in the way of a longer one', () => {
    for (const { words } of commands) {
      assert.equal(
        commands.find((it) => it.words.every((word, place) => words[place] === word))?.words,
        words,
        `${words.join(' ')} is hidden: put it before the shorter command`,
      );
    }
  });
});

test('the version is said to --version too', async () => {
  const { out } = await run('version');
  assert.match(out, /^\d+\.\d+\.\d+\n$/);
  assert.equal((await run('--version')).out, out);
  assert.equal(`${JSON.parse((await run('version', '--json')).out).version}\n`, out);
});
