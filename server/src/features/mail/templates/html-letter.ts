import { Html, type HtmlPart, html } from '../../../kernel/html.ts';
import type { Brand } from '../brand.ts';
import { buttonColors } from './colors.ts';
import type { LetterParts } from './parts.ts';
import type { LanguageWords } from './words.ts';

/**
 * A letter as HTML. Styles stand in the elements, since some mail programs drop `<style>`; what `<style>` says besides is for those that
 * know dark mode. No tables, no script, no picture but the logo: it reads well with all styles gone.
 */
export function htmlLetter(parts: LetterParts, words: LanguageWords, brand: Brand): string {
  const { subject, title, opening, greeting, facts, advice, closing } = parts;
  return html`<!doctype html>
<html lang="${words.tag}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">
<title>${subject}</title>
<style>${darkStyle}</style>
</head>
<body class="ground" style="margin: 0; padding: 0; background-color: #f2f4f7;">
<div style="display: none; max-height: 0; overflow: hidden;">${opening[0]}${preheaderEnd}</div>
<div class="ground" lang="${words.tag}" style="padding: 24px 12px; background-color: #f2f4f7; ${font}">
<div role="article" aria-label="${title}" style="max-width: 560px; margin: 0 auto;">
${letterHead(brand)}
<div class="paper" style="padding: 32px 32px 16px; border: 1px solid #dde3ea; border-radius: 12px; background-color: #ffffff; overflow-wrap: anywhere; word-break: break-word;">
<h1 class="ink" style="margin: 0 0 20px; font-size: 24px; line-height: 1.3; font-weight: 700; color: #1c2430;">${title}</h1>
${[greeting, ...opening].map(paragraph)}
${facts.length > 0 && factList(facts, words)}
${advice !== undefined && paragraph(advice)}
${button(parts, brand)}
${parts.code !== '' && codeBox(words.orCode, parts.code)}
${closing.map(paragraph)}
</div>
${letterFoot(parts, words)}
</div>
</div>
</body>
</html>
`.toString();
}

const font = 'font-family: system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif;';
const body = 'font-size: 16px; line-height: 1.6; color: #1c2430;';
const small = 'font-size: 13px; line-height: 1.6; color: #586474;';

const darkStyle = new Html(`
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .ground { background-color: #12161c !important; }
  .paper { background-color: #1a2028 !important; border-color: #2c3541 !important; }
  .panel { background-color: #232b35 !important; }
  .ink { color: #e3e8ef !important; }
  .soft { color: #9aa7b8 !important; }
}
@media (max-width: 480px) { .paper { padding: 24px 20px 8px !important; } }
`);

/** Else mail programs go on with the next words of the mail behind the preheader. */
const preheaderEnd = new Html('&#847;&zwnj;&nbsp;'.repeat(60));

const paragraph = (text: string): Html =>
  html`<p class="ink" style="margin: 0 0 16px; ${body}">${text}</p>
`;

/** The logo, or the name where there is none, or where pictures are not shown. */
function letterHead({ name, logoUrl }: Brand): Html {
  const inside: HtmlPart =
    logoUrl === undefined
      ? name
      : html`<img src="${logoUrl}" alt="${name}" height="40" style="height: 40px; max-width: 100%; border: 0; vertical-align: middle;">`;
  return html`<p class="ink" style="margin: 8px 0 20px; padding: 0 4px; font-size: 18px; line-height: 40px; font-weight: 700; color: #1c2430;">${inside}</p>`;
}

const factList = (facts: LetterParts['facts'], words: LanguageWords): Html =>
  html`<div class="panel" style="margin: 0 0 20px; padding: 12px 16px; border-radius: 8px; background-color: #f2f4f7;">
${facts.map(
  ([what, value]) =>
    html`<p class="ink" style="margin: 4px 0; font-size: 15px; line-height: 1.5; color: #1c2430;"><span class="soft" style="color: #586474;">${words.label(what)}</span> <strong style="font-weight: 600;">${value}</strong></p>
`,
)}</div>`;

const button = ({ action, link }: LetterParts, { color }: Brand): Html => {
  const { ground, edge, text } = buttonColors(color);
  const colors = `background-color: ${ground}; border: 1px solid ${edge}; color: ${text};`;
  return html`<p style="margin: 8px 0 24px;"><a href="${link}" style="display: inline-block; padding: 13px 24px; border-radius: 8px; ${colors} font-size: 16px; line-height: 1.25; font-weight: 600; text-decoration: none;">${action}</a></p>
`;
};

/** Spread by letter spacing, not by spaces, so that six digits are copied. */
const codeBox = (intro: string, code: string): Html =>
  html`<p class="ink" style="margin: 0 0 8px; ${body}">${intro}</p>
<p class="ink panel" style="margin: 0 0 24px; padding: 14px 16px 14px 24px; border-radius: 8px; background-color: #f2f4f7; color: #1c2430; text-align: center; font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 32px; line-height: 1.25; font-weight: 700; letter-spacing: 8px; -webkit-user-select: all; user-select: all;">${code}</p>
`;

function letterFoot({ link, why, support }: LetterParts, words: LanguageWords): Html {
  const line = (text: HtmlPart) => html`<p class="soft" style="margin: 0 0 10px; ${small}">${text}</p>
`;
  const anchor = ({ text, href }: { text: string; href: string }) =>
    html`<a class="soft" href="${href}" style="color: #586474; text-decoration: underline; overflow-wrap: anywhere; word-break: break-word;">${text}</a>`;
  return html`<div style="padding: 20px 4px 0;">
${line(html`${words.orAddress}<br>${anchor({ text: link, href: link })}`)}
${line(why)}
${support !== undefined && line(supportLine(words, anchor(support)))}</div>`;
}

/** The sentence with its contact as a link. */
function supportLine(words: LanguageWords, contact: Html): Html {
  const [before = '', after = ''] = words.support('\u0000').split('\u0000');
  return html`${before}${contact}${after}`;
}
