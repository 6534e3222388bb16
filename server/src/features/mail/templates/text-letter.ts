import type { LetterParts } from './parts.ts';
import type { LanguageWords } from './words.ts';

/** RFC 5322 §2.1.1 advises 78 signs to a line; links stay whole on a line of their own. */
const width = 76;

/** A letter as plain text. */
export function textLetter(parts: LetterParts, words: LanguageWords): string {
  const { greeting, opening, facts, advice, action, link, code, closing, why, support } = parts;
  const longest = Math.max(0, ...facts.map(([what]) => words.label(what).length));
  const blocks = [
    wrap(greeting),
    ...opening.map(wrap),
    facts.map(([what, value]) => `  ${words.label(what).padEnd(longest + 1)}${value}`).join('\n'),
    wrap(advice ?? ''),
    `${words.label(action)}\n${link}`,
    code === '' ? '' : `${wrap(words.orCode)}\n\n    ${code}`,
    ...closing.map(wrap),
    // The delimiter of signatures (RFC 3676 §4.3).
    ['-- ', wrap(why), ...(support === undefined ? [] : [wrap(words.support(support.text))])].join('\n'),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

/** Breaks lines at ordinary spaces only: no word is ever parted. */
function wrap(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}
