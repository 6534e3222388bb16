import { type Html, type HtmlPart, html } from '../../kernel/html.ts';
import type { Need } from './flows.ts';
import { type PasswordLengths, withNumber } from './script-texts.ts';
import type { AskWords, PageLanguage, PageWords } from './words.ts';

/*
 * Forms are sent by the script alone; the policy lets no form go out by itself, so that a password never lands in an address. All are
 * hidden until the script shows the one that is wanted.
 */

interface ActParts {
  readonly endpoint: string;
  readonly need: Need;
  readonly whoseEndpoint: string | undefined;
  readonly words: PageLanguage;
  readonly page: PageWords;
  readonly lengths: PasswordLengths;
}

/** What the link is for: sends the token, and a password where one is needed. */
export const actForm = ({ endpoint, need, whoseEndpoint, words, page, lengths }: ActParts): Html =>
  html`<form id="act" data-view="act" data-endpoint="${endpoint}" method="post" novalidate hidden>
<p>${page.intro}</p>
${whoseEndpoint !== undefined && html`<p id="whose" data-endpoint="${whoseEndpoint}" role="status" hidden>${words.whose} <strong></strong></p>`}
${passwordFields(need, words, lengths)}
<button>${page.action}</button>
</form>`;

function passwordFields(need: Need, words: PageLanguage, lengths: PasswordLengths): HtmlPart {
  if (need === 'click') return undefined;
  const current = passwordField('password', words.password, 'current-password', words);
  if (need === 'click-or-password') return html`<div id="choice" hidden>${current}</div>`;
  const rules = withNumber(words.rules, lengths.minLength);
  const fresh = passwordField('new_password', words.newPassword, 'new-password', words, rules);
  if (need === 'new-password') return fresh;
  const { question, known, chosen } = need === 'click-first' ? words.ofAccount : words.ofSignUp;
  return html`<div id="choice"${need === 'click-first' && html` hidden`}>
<fieldset>
<legend>${question}</legend>
${option('password', known)}
${option('new_password', chosen)}
</fieldset>
<div data-option="password">${current}</div>
<div data-option="new_password" hidden>${fresh}</div>
</div>`;
}

const option = (value: string, text: string): Html =>
  html`<label class="tick"><input type="radio" name="whose" value="${value}"${value === 'password' && html` checked`}> ${text}</label>`;

const passwordField = (name: string, label: string, autocomplete: string, words: PageLanguage, rules?: string): Html =>
  html`<div class="field">
<label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="password" autocomplete="${autocomplete}" required maxlength="1024" spellcheck="false" autocapitalize="none"${rules !== undefined && html` aria-describedby="${name}-rules ${name}-error"`}${rules === undefined && html` aria-describedby="${name}-error"`}>
<p class="error" id="${name}-error"></p>
${rules !== undefined && html`<p class="soft" id="${name}-rules">${rules}</p>`}
<label class="tick"><input type="checkbox" data-shows="${name}"> ${words.showPassword}</label>
</div>`;

/** Where there is no token: asks for the mail. */
export const askForm = (endpoint: string, words: PageLanguage, ask: AskWords): Html =>
  html`<form id="ask" data-view="ask" data-endpoint="${endpoint}" method="post" novalidate hidden>
<p>${ask.intro}</p>
<div class="field">
<label for="email">${words.email}</label>
<input id="email" name="email" type="email" autocomplete="email" required maxlength="254" spellcheck="false" autocapitalize="none" aria-describedby="email-error">
<p class="error" id="email-error"></p>
</div>
<button>${ask.action}</button>
</form>`;

/** When the mail was asked for: takes the code that is in it. */
export const codeForm = (endpoint: string, words: PageLanguage): Html =>
  html`<form id="enter" data-endpoint="${endpoint}" method="post" novalidate>
<p>${words.codeIntro}</p>
<div class="field">
<label for="code">${words.code}</label>
<input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" required maxlength="12" aria-describedby="code-error">
<p class="error" id="code-error"></p>
</div>
<button>${words.codeAction}</button>
</form>`;
