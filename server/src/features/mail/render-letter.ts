import type { Posting } from './letters.ts';

/** Who speaks in a mail. */
export interface Brand {
  readonly name: string;
}

/** A letter in words. */
export interface RenderedLetter {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export type RenderLetter = (posting: Posting, brand: Brand) => RenderedLetter;

/** What a letter says, line by line, in the plainest way. */
export function renderLetter({ letter }: Posting, brand: Brand): RenderedLetter {
  const lines = Object.entries(letter.data).filter(([, value]) => value !== undefined);
  return {
    subject: `${brand.name}: ${letter.template.replaceAll('-', ' ')}`,
    text: lines.map(([name, value]) => `${name}: ${value}`).join('\n'),
    html: `<!doctype html><html><head><meta charset="utf-8"></head><body>${lines.map(paragraph).join('')}</body></html>`,
  };
}

const paragraph = ([name, value]: [string, unknown]): string => {
  const text = escaped(String(value));
  return `<p>${name}: ${text.startsWith('http') ? `<a href="${text}">${text}</a>` : text}</p>`;
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
