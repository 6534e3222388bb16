import { createHash } from 'node:crypto';
import { iso } from '../../kernel/clock.ts';
import { Html, html } from '../../kernel/html.ts';
import type { MailboxEntry } from './open-mailbox.ts';

const style = `:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}
body{margin:0 auto;max-width:60rem;padding:1.5rem}
h1{font-size:1.3rem}h2{font-size:1rem;margin-top:2rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .8rem .4rem 0;border-bottom:1px solid #8884;vertical-align:top}
td.at{white-space:nowrap}a{color:inherit}
iframe{width:100%;height:36rem;border:1px solid #8886;background:#fff}
pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid #8886;padding:1rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{opacity:.7}dd{margin:0}`;

const styleHash = createHash('sha256').update(style).digest('base64');

/** No script, one style, known by its hash, and frames of our own alone: those of the mails. */
export const mailboxPolicy = `default-src 'none'; style-src 'sha256-${styleHash}'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/**
 * For the mail itself: an origin of its own, no script, nothing fetched from anywhere. Its links open windows of their own, which are then
 * no longer shut in.
 */
const sandbox = 'allow-popups allow-popups-to-escape-sandbox';
export const mailPolicy = `sandbox ${sandbox}; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`;

/** How often the list looks for new mails. */
const refreshSeconds = 5;

export const mailboxPage = (mails: readonly MailboxEntry[]): string =>
  page(
    'Mailbox',
    html`<h1>Mailbox</h1>
<p>Mails of this development server. None is sent: that wants <code>SMTP_URL</code>. The newest stands first; new ones appear by themselves.</p>
${mails.length === 0 ? html`<p>There is no mail yet.</p>` : mailTable(mails)}`,
    html`<meta http-equiv="refresh" content="${refreshSeconds}">`,
  );

const mailTable = (mails: readonly MailboxEntry[]): Html => html`<table>
<thead><tr><th>At</th><th>To</th><th>Subject</th></tr></thead>
<tbody>${mails.map(
  ({ id, at, to, subject }) =>
    html`<tr><td class="at">${timeOf(at)}</td><td>${to}</td><td><a href="mail/${id}">${subject}</a></td></tr>\n`,
)}</tbody></table>`;

export const mailPage = ({ id, at, to, subject, template, locale, text }: MailboxEntry): string =>
  page(
    subject,
    html`<p><a href="../mail">Mailbox</a></p>
<h1>${subject}</h1>
<dl><dt>To</dt><dd>${to}</dd><dt>At</dt><dd>${timeOf(at)}</dd><dt>Template</dt><dd>${template} (${locale})</dd></dl>
<iframe title="The mail as HTML" sandbox="${sandbox}" src="${id}/html"></iframe>
<h2>As text</h2>
<pre>${linked(text)}</pre>
<p><a href="${id}/source">Source</a></p>`,
  );

/** The HTML of a mail, whose links open beside it: inside the frame they could not. */
export const framedMail = ({ html: markup }: MailboxEntry): string =>
  markup.replace(/<head[^>]*>/i, (head) => `${head}<base target="_blank">`);

const page = (title: string, body: Html, head?: Html): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${head}
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
${body}
</body>
</html>
`.toString();

const timeOf = (instant: number): string => iso(instant).replace('T', ' ').slice(0, 19);

/** A text whose addresses can be clicked. */
const linked = (text: string): Html[] =>
  text
    .split(/(https?:\/\/[^\s<>]+)/)
    .map((part, place) => (place % 2 === 1 ? html`<a href="${part}" target="_blank">${part}</a>` : html`${part}`));
