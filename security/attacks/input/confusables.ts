import { unlessRefused } from '../../ask.ts';
import { type Attack, control, judged, note } from '../../attack.ts';

/** Names that would be seen, or folded, as `victim`. */
const lookalikes: Readonly<Record<string, string>> = {
  'in capitals': 'VICTIM',
  'in full width': 'ｖｉｃｔｉｍ',
  'in bold letters of mathematics': '𝐯𝐢𝐜𝐭𝐢𝐦',
  'with a Roman numeral': 'vⅰctim',
  'with a zero-width space': 'vic\u200btim',
  'with a zero-width joiner': 'vic\u200dtim',
  'with a soft hyphen': 'vic\u00adtim',
  'with a word joiner': 'vic\u2060tim',
  'with a byte order mark': '\ufeffvictim',
  'with a variation selector': 'victim\ufe0f',
  'with a combining grapheme joiner': 'vic\u034ftim',
  'with a Hangul filler': 'victim\u3164',
  'with the blank of Braille': 'victim\u2800',
  'with a tag character': 'victim\u{e0041}',
  'turned around': '\u202emitciv',
  'with a mark of direction': 'victim\u200e',
  'with an isolate': '\u2066victim\u2069',
  'with a space before': ' victim',
  'with a space behind': 'victim ',
  'with a space that does not break': 'victim\u00a0',
  'with an ideographic space': 'victim\u3000',
  'with NUL': 'victim\u0000',
  'with a tab': 'victim\t',
};

export const attack: Attack = {
  name: 'names that look like another’s',
  wants: 'An account whose name is taken for somebody else’s, or that receives their mail.',
  source: 'UTS #39; RFC 8265 §3.3; RFC 8264 §9; CWE-1007; CVE-2019-19844 (Unicode case in reset mails)',
  async *attempts(scene) {
    const victim = { ...scene.account(), username: 'victim', email: 'victim@example.com' };
    const made = await scene.ask('POST', '/signup', { json: victim });
    yield control('the victim signs up', made.status === 201 ? undefined : made.text);
    for (const [what, username] of Object.entries(lookalikes)) {
      const answer = await scene.ask('POST', '/signup', { json: { ...scene.account(), username } });
      yield judged(`a username ${what}`, unlessRefused(answer, 409, 422));
      const email = `${username}@example.com`;
      const other = await scene.ask('POST', '/signup', { json: { ...scene.account(), email } });
      yield judged(`an address ${what}`, unlessRefused(other, 409, 422));
    }
    for (const email of [
      'victim@EXAMPLE.com',
      'victim@example。com',
      'victim@ｅｘａｍｐｌｅ.com',
      'victim@example.com.',
      'victim@example.com@evil.example',
      'victim@evil.example,victim@example.com',
      'victim@example.com\r\nBcc: x@evil.example',
      '<victim@example.com>',
      'a b <victim@example.com>',
      '"victim"@example.com',
      'victim@[127.0.0.1]',
      'victim@0x7f.1',
    ]) {
      const answer = await scene.ask('POST', '/signup', { json: { ...scene.account(), email } });
      yield judged(`the address ${JSON.stringify(email)}`, unlessRefused(answer, 409, 422));
    }
    const json = { ...scene.account(), username: 'vіctim' };
    const { status } = await scene.ask('POST', '/signup', { json });
    yield note(`a username with a Cyrillic і among Latin letters is answered ${status}: alphabets may be mixed`);
  },
};
