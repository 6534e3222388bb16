import { codeIn } from '../../ask.ts';
import { type Attack, control, judged } from '../../attack.ts';
import { readApiDocument } from '../../fuzz/operations.ts';

const broken: Readonly<Record<string, string | Uint8Array>> = {
  nothing: '',
  'no value': ' ',
  'an open object': '{',
  'an open text': '{"email":"',
  'a word': 'hello',
  'single quotes': "{'email':'x'}",
  'a comma too many': '{"email":"x",}',
  NaN: '{"email":NaN}',
  Infinity: '{"email":Infinity}',
  'a comment': '{/**/}',
  'two values': '{}{}',
  'a byte order mark': '\ufeff{}',
  'UTF-16': Buffer.from('{"a":1}', 'utf16le'),
  'UTF-32': Buffer.from([0, 0, 0, 0x7b, 0, 0, 0, 0x7d]),
  'a byte that is no UTF-8': Buffer.from([0x7b, 0xff, 0x7d]),
  'an overlong slash': Buffer.from([0x22, 0xc0, 0xaf, 0x22]),
  'a surrogate in UTF-8': Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
  'a code point beyond Unicode': Buffer.from([0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]),
  'a raw NUL': '{"email":"\0"}',
  'a raw line break': '{"email":"a\nb"}',
  'half a surrogate pair': '{"email":"\\ud83d"}',
  'an unknown escape': '{"email":"\\x41"}',
  'a key twice': '{"email":"a","email":"b"}',
  'a key twice, once escaped': '{"email":"a","em\\u0061il":"b"}',
  '60,000 open lists': '['.repeat(60_000),
  '30,000 lists': `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
  '10,000 open objects': '{"a":'.repeat(10_000),
  'a number of 60,000 digits with a bad end': `{"a":${'9'.repeat(60_000)}x}`,
  'a leading zero': '{"a":01}',
  'an octal': '{"a":0o7}',
  'a plus': '{"a":+1}',
};

/** Readable, but of another form than anybody takes. */
const odd: Readonly<Record<string, string>> = {
  null: 'null',
  true: 'true',
  'a number': '0',
  'a huge number': '1e999',
  'a text': '"x"',
  'a list': '[]',
  '30 lists in one another': `${'['.repeat(30)}${']'.repeat(30)}`,
  'numbers of great length': `{"email":${'9'.repeat(5_000)},"password":-0.${'0'.repeat(5_000)}1}`,
  '4,000 keys': `{${Array.from({ length: 4_000 }, (_, at) => `"k${at}":1`).join()}}`,
  'a key of 50,000 letters': `{"${'k'.repeat(50_000)}":1}`,
};

export const attack: Attack = {
  name: 'bodies that are no JSON, or of another form',
  wants: 'A fault of the server, or a body that two readers understand differently.',
  source: 'RFC 8259 §8, §9; RFC 3629 §10; CWE-20, CWE-674; OWASP API4:2023',
  async *attempts(scene) {
    const admin = await scene.holder();
    for (const { method, path, operationId, body } of readApiDocument().operations) {
      if (body?.type !== 'application/json') continue;
      for (const [what, raw] of Object.entries(broken)) {
        if (what === 'nothing' && !body.required) continue;
        const answer = await scene.ask(method, path, { raw, type: 'application/json', token: admin.accessToken });
        const expected = answer.status === 400 && codeIn(answer) === 'malformed-json';
        yield judged(
          `${operationId}: ${what}`,
          expected ? undefined : `answered ${answer.status} ${answer.text.slice(0, 200)}`,
        );
      }
      for (const [what, raw] of Object.entries(odd)) {
        if (what === 'null' && !body.required) continue;
        const answer = await scene.ask(method, path, { raw, type: 'application/json', token: admin.accessToken });
        yield judged(
          `${operationId}: ${what}`,
          answer.status === 422 ? undefined : `answered ${answer.status} ${answer.text.slice(0, 200)}`,
        );
      }
    }
    const { status } = await scene.ask('GET', '/user', { token: admin.accessToken });
    yield control('the administrator is none the worse', status === 200 ? undefined : `answered ${status}`);
  },
};
