import { html } from '../../../kernel/html.ts';
import { type Locale, locales, type Template } from '../letters.ts';
import { type LetterPlace, placeholdersOf } from './placeholders.ts';
import { templates } from './samples.ts';

/** A file of `MAIL_TEMPLATES_DIR`. */
export interface TemplateFile {
  /** Below the folder, with `/` between its parts. */
  readonly path: string;
  /** Undefined where it is no file, or too long for one. */
  readonly content: Uint8Array | undefined;
}

export type LetterPart = 'subject' | 'text' | 'html';

/** Texts of an operator that stand in for ours, one by one. */
export interface Overrides {
  /** The part with everything put in, or undefined where it is ours. */
  fill(part: LetterPart, place: LetterPlace, said: Readonly<Record<string, string>>): string | undefined;
}

/** What is wrong in one file. */
interface TemplateFault {
  readonly path: string;
  /** From 1; undefined where it is about the whole file. */
  readonly line: number | undefined;
  readonly problem: string;
}

/** The files cannot be used: all that is wrong in them, so that it is mended at once. */
export class TemplatesRefused extends Error {
  override readonly name = 'TemplatesRefused';

  constructor(faults: readonly TemplateFault[]) {
    const lines = faults.map(
      ({ path, line, problem }) => `  ${path}${line === undefined ? '' : `:${line}`} ${problem}`,
    );
    super(['The files of MAIL_TEMPLATES_DIR cannot be used:', ...lines].join('\n'));
  }
}

/** @throws TemplatesRefused */
export function readOverrides(files: readonly TemplateFile[]): Overrides {
  const texts = new Map<string, string>();
  const faults: TemplateFault[] = [];
  for (const file of files) {
    const text = textOf(file.content);
    const found = text === undefined ? ['must be a file of UTF-8 text, of 200 KiB at most'] : faultsOf(file.path, text);
    faults.push(...found.map((it) => faultAt(file.path, it)));
    if (text !== undefined) texts.set(file.path, text);
  }
  if (faults.length > 0) throw new TemplatesRefused(faults);
  return {
    fill(part, { locale, template }, said) {
      const text = texts.get(`${locale}/${template}.${endings[part]}`);
      if (text === undefined) return undefined;
      return part === 'subject' ? put(text.trim(), said) : put(text, said, part === 'html');
    },
  };
}

const endings: Readonly<Record<LetterPart, string>> = { subject: 'subject.txt', text: 'txt', html: 'html' };

/** Anything between two braces, so that a misspelt placeholder is found and not mailed. */
const placeholder = /\{\{([^{}]*)\}\}/g;

/** In one pass: what stands in a value is a value, whatever it looks like. */
const put = (text: string, said: Readonly<Record<string, string>>, escaped = false): string =>
  text.replaceAll(placeholder, (_, name: string) => {
    const value = said[name.trim()] ?? '';
    return escaped ? html`${value}`.toString() : value;
  });

function textOf(content: Uint8Array | undefined): string | undefined {
  if (content === undefined) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content).replaceAll('\r\n', '\n');
  } catch {
    return undefined;
  }
}

/** A fault of the whole file, or one at an index of its text. */
type FaultFound = string | { readonly problem: string; readonly line: number };

const faultAt = (path: string, found: FaultFound): TemplateFault =>
  typeof found === 'string' ? { path, line: undefined, problem: found } : { path, ...found };

function faultsOf(path: string, text: string): FaultFound[] {
  const place = placeOf(path);
  if (typeof place === 'string') return [place];
  const { part } = place;
  const known = placeholdersOf(place);
  const named = [...text.matchAll(placeholder)].map(([, name = '']) => name.trim());
  const lacksLink = part !== 'subject' && !named.includes('link');
  return [
    ...(lacksLink ? ['must hold {{link}}: without it the mail is of no use'] : []),
    ...(part === 'subject' && /^\s*$|\n\s*\S/.test(text.trim()) ? ['must be one line of text'] : []),
    ...text
      .split('\n')
      .flatMap((line, index) => lineFaults(line, part, known).map((problem) => ({ problem, line: index + 1 }))),
  ];
}

function lineFaults(line: string, part: LetterPart, known: readonly string[]): string[] {
  const unknown = [...line.matchAll(placeholder)]
    .map(([, name = '']) => name.trim())
    .filter((it) => !known.includes(it));
  const isOpen = line.replaceAll(placeholder, '').includes('{{');
  return [
    ...unknown.map((name) => `{{${name}}} is unknown here; there are ${known.join(', ')}`),
    ...(isOpen ? ['has {{ without }} on the same line'] : []),
    ...(part === 'html' && /=\s*\{\{/.test(line) ? ['must have quotes around a placeholder in an attribute'] : []),
    ...(part === 'html' && /<script|\son[a-z]+\s*=/i.test(line)
      ? ['must hold no script: no mail program runs it']
      : []),
    ...(part === 'html' && outsideLink.test(line) ? ['may have only {{link}} in href or src'] : []),
  ];
}

/** In an address any other value could lead elsewhere. */
const outsideLink = /\b(?:href|src|action)\s*=\s*["'][^"']*\{\{(?!\s*link\s*\}\})/i;

function placeOf(path: string): (LetterPlace & { part: LetterPart }) | string {
  const [, folder, name, ending] = /^([^/]+)\/([^/.]+)\.(subject\.txt|txt|html)$/.exec(path) ?? [];
  if (ending === undefined) return 'has no known name: <language>/<template>.subject.txt, .txt or .html';
  const locale = locales.find((it): it is Locale => it === folder);
  if (locale === undefined) return `is for an unknown language; there are ${locales.join(', ')}`;
  const template = templates.find((it): it is Template => it === name);
  if (template === undefined) return `is for an unknown template; there are ${templates.join(', ')}`;
  const part = ending === 'html' ? 'html' : ending === 'txt' ? 'text' : 'subject';
  return { locale, template, part };
}
