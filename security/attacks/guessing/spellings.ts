import { type Attack, judged } from '../../attack.ts';

export const attack: Attack = {
  name: 'one name in many spellings',
  wants: 'More guesses, by writing the name so that each spelling is counted anew.',
  source: 'CWE-178; RFC 8265 §3.3; UTS #46',
  async *attempts(scene) {
    const { email } = await scene.person();
    const from = scene.address();
    let heard = 0;
    for (let number = 0; number < 60; number += 1) {
      const { status } = await scene.ask('POST', '/login', {
        json: { email: spelt(email, number), password: `guess ${number}` },
        from,
      });
      if (status === 401) heard += 1;
    }
    yield judged('sixty spellings from one address', heard <= 10 ? undefined : `${heard} guesses were heard`);
  },
};

const wide = (text: string): string =>
  text.replace(/[a-z]/g, (letter) => String.fromCodePoint(letter.charCodeAt(0) - 0x61 + 0xff41));

/** Capitals by the bits of the number; in every third letters of full width besides, in every fifth another dot in the domain. */
function spelt(email: string, number: number): string {
  const cased = [...email].map((char, at) => ((number >> (at % 6)) & 1 ? char.toUpperCase() : char)).join('');
  const [local = '', domain = ''] = cased.split('@');
  const name = number % 3 === 0 ? wide(local) : local;
  return `${name}@${number % 5 === 0 ? domain.replace('.', '。') : domain}`;
}
