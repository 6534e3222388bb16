import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Html, html } from '../../kernel/html.ts';
import type { Purpose } from '../../kernel/purpose.ts';
import { type Brand, buttonColors, type Locale } from '../mail/index.ts';
import { flows } from './flows.ts';
import { languages } from './languages.ts';
import { actForm, askForm, codeForm } from './page-forms.ts';
import { pageStyle } from './page-style.ts';
import { type PasswordLengths, scriptTexts } from './script-texts.ts';

/** A page, and what its policy must let pass. */
export interface LinkPage {
  readonly markup: string;
  /** For `Content-Language`. */
  readonly language: string;
  /** As a source in a content security policy (CSP 3 §2.3.1). */
  readonly scriptHash: string;
  readonly styleHash: string;
}

/** What the page does; it reads the token, asks, and posts. A file of its own, since it is for browsers. */
const script = `\n${readFileSync(new URL('./page-script.js', import.meta.url), 'utf8')}`;

/**
 * The page that a link in a mail opens. It is the same for everybody: the token is in the fragment, which never gets here. Without a click
 * nothing is done, so whoever only opens it, as scanners of mail do, uses nothing up.
 */
export function linkPage(action: Purpose, locale: Locale, brand: Brand, lengths: PasswordLengths): LinkPage {
  const words = languages[locale];
  const style = `\n${pageStyle(buttonColors(brand.color))}`;
  const { title, done, ask } = words.pages[action];
  const { endpoint, need, whoseEndpoint, askEndpoint, takesCode } = flows[action];
  const markup = html`<!doctype html>
<html lang="${words.tag}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${title} · ${brand.name}</title>
<link rel="icon" href="data:,">
<style>${new Html(style)}</style>
</head>
<body>
<main>
<p class="brand">${brand.name}</p>
<div class="paper">
<h1>${title}</h1>
<noscript><p>${words.noScript}</p></noscript>
<p id="alert" role="alert" tabindex="-1"></p>
${actForm({ endpoint, need, whoseEndpoint, words, page: words.pages[action], lengths })}
${ask !== undefined && askEndpoint !== undefined && askForm(askEndpoint, words, ask)}
<div data-view="sent" hidden>
<p id="sent" role="status" tabindex="-1">${ask?.sent}</p>
${takesCode === true && codeForm(endpoint, words)}
</div>
<div data-view="done" hidden><p id="done" role="status" tabindex="-1">${done}</p></div>
<p data-view="lost" hidden>${words.noToken}</p>
</div>
${brand.support !== undefined && html`<footer class="soft"><a href="${brand.support.href}">${brand.support.text}</a></footer>`}
</main>
<script type="application/json" id="said">${jsonFor(scriptTexts(words, lengths))}</script>
<script>${new Html(script)}</script>
</body>
</html>
`.toString();
  return { markup, language: locale, scriptHash: hashOf(script), styleHash: hashOf(style) };
}

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Within `<script>` no entity is read, and `</script>` or `<!--` would end it or change how it is read (HTML §4.12.1.3). */
const jsonFor = (value: unknown): Html => new Html(JSON.stringify(value).replaceAll('<', '\\u003c'));
