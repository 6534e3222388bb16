// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what a .env file says.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseDotenv } from './dotenv.ts';

/** The values as a plain object, when no line was unreadable. */
function read(text: string, environment: Record<string, string> = {}): Record<string, string> {
  const { values, warnings } = parseDotenv(text, environment);
  assert.deepEqual(warnings, []);
  return Object.fromEntries(values);
}

// Every expectation below is what python-dotenv 1.2.4 answers to the same text.
describe('a .env file reads as in python-dotenv', () => {
  test('plain lines, white space around name and value, export, empty lines and comments', () => {
    assert.deepEqual(read('A=1\n\n  # comment\n B = two words  \nexport C=3\nexport\tD=4\nexport=5\n#E=6\n'), {
      A: '1',
      B: 'two words',
      C: '3',
      D: '4',
      export: '5',
    });
  });

  test('# begins a comment only after white space, and never inside quotes', () => {
    assert.deepEqual(read('A=a#b\nB=a #b\nC=a\t#b\nD="a #b" # c\nE=\'a #b\'#c\nF=#x\nG= #x\nH= x#y #z\nI="a"#c'), {
      A: 'a#b',
      B: 'a',
      C: 'a',
      D: 'a #b',
      E: 'a #b',
      F: '#x',
      G: '',
      H: 'x#y',
      I: 'a',
    });
  });

  test('double quotes know ten escapes and leave every other backslash alone', () => {
    assert.deepEqual(read(String.raw`A="\n\t\"\\\'\r\a\b\f\v"${'\n'}B="\d\$\u0041\x41\0"`), {
      A: '\n\t"\\\'\r\x07\b\f\v',
      B: String.raw`\d\$\u0041\x41\0`,
    });
  });

  test('single quotes know two escapes', () => {
    assert.deepEqual(read(String.raw`A='it\'s \\ \n \"'${'\n'}B='a\\'`), { A: String.raw`it's \ \n \"`, B: 'a\\' });
  });

  test('without quotes nothing is an escape, and a quote inside is a plain character', () => {
    assert.deepEqual(read('A=C:\\new\\table\nB=it\'s "fine"\nC=x="y"'), {
      A: 'C:\\new\\table',
      B: 'it\'s "fine"',
      C: 'x="y"',
    });
  });

  test('quoted values may span lines', () => {
    assert.deepEqual(read('A="one\n# two\nB=3"\nC=\'4\n5\'\nD=6'), { A: 'one\n# two\nB=3', C: '4\n5', D: '6' });
  });

  test('CRLF and CR end lines, and are a plain newline inside quotes', () => {
    assert.deepEqual(read('A=1\r\nB="2\r\n3"\r\nC=4\rD=5'), { A: '1', B: '2\n3', C: '4', D: '5' });
  });

  test('a byte order mark is no part of the first name', () => {
    assert.deepEqual(read('\uFEFFA=1'), { A: '1' });
  });

  test('the last one wins; a name without = is not set, and unsets what stood above', () => {
    assert.deepEqual(read('A=1\nA=2\nB\nC=3\nC\nD=\nexport E'), { A: '2', D: '' });
  });

  test('a name may be quoted, and holds anything but =, # and white space', () => {
    assert.deepEqual(read("'A B'=1\nc-d.e=2\nÄ=3"), { 'A B': '1', 'c-d.e': '2', Ä: '3' });
  });
});

describe('${NAME} is replaced as in load_dotenv(override=False)', () => {
  test('from the lines above, in quoted values too; a line below is not seen', () => {
    assert.deepEqual(read('A=1\nB=${A}x${A}\nC="${B}"\nD=\'${B}\'\nE=${F}\nF=2'), {
      A: '1',
      B: '1x1',
      C: '1x1',
      D: '1x1',
      E: '',
      F: '2',
    });
  });

  test('the environment goes before the file', () => {
    assert.deepEqual(read('A=file\nB=${A}', { A: 'outer' }), { A: 'file', B: 'outer' });
  });

  test('a default counts where the name is unknown, not where it is empty', () => {
    assert.deepEqual(read('A=${X:-a b}\nB=${EMPTY:-b}\nC\nD=${C:-d}\nE=${X:-}', { EMPTY: '' }), {
      A: 'a b',
      B: '',
      D: '',
      E: '',
    });
  });

  test('$NAME, ${NAME and ${NAME:x} stay as they are', () => {
    assert.deepEqual(read('A=$HOME\nB=${HOME\nC=${HOME:x}\nD=\\${HOME}', { HOME: '/h' }), {
      A: '$HOME',
      B: '${HOME',
      C: '${HOME:x}',
      D: '\\/h',
    });
  });

  test('what a value brings in is not replaced again', () => {
    assert.deepEqual(read('B=${A}', { A: '${C}', C: 'no' }), { B: '${C}' });
  });

  test('names of JavaScript itself are no variables', () => {
    assert.deepEqual(read('A=${constructor}${__proto__}${toString:-d}'), { A: 'd' });
  });
});

describe('a line that cannot be read', () => {
  test('is named by its number, skipped, and hides nothing that follows', () => {
    const { values, warnings } = parseDotenv("A=1\n\n=hunter2\nB=\"open\nC='x' y\nD E=2\nF=3");
    assert.deepEqual(Object.fromEntries(values), { A: '1', F: '3' });
    assert.deepEqual(
      warnings,
      [3, 4, 5, 6].map((line) => `.env line ${line} cannot be read and is skipped`),
    );
  });

  test('when a quote spans lines, what follows the quote on its last line is lost with it', () => {
    const { values, warnings } = parseDotenv('A="x\ny" junk\nB=1');
    assert.deepEqual(Object.fromEntries(values), { B: '1' });
    assert.deepEqual(warnings, ['.env line 1 cannot be read and is skipped']);
  });
});

describe('for any text', () => {
  test('parsing ends, and every line is read, skipped with a number, or empty', () => {
    const pieces = fc.constantFrom(
      'A',
      'B=',
      '=',
      "'",
      '"',
      '\\',
      '#',
      ' ',
      '\n',
      '\r\n',
      '${A}',
      '${',
      'export ',
      'é',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        const text = parts.join('');
        const { values, warnings } = parseDotenv(text);
        assert.ok(values.size + warnings.length <= text.split(/\r\n?|\n/).length);
      }),
    );
  });

  test("a value without ${ survives single quotes, when \\ and ' are escaped", () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        fc.pre(!value.includes('${') && !value.includes('\r'));
        assert.equal(read(`A='${value.replaceAll(/[\\']/g, String.raw`\$&`)}'\nB=1`).A, value);
      }),
    );
  });
});
