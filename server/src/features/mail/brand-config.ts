import { oneOf, quoted, text } from '../../config/parsers.ts';
import { SettingError, section } from '../../config/setting.ts';
import type { Contact } from './brand.ts';
import { type Locale, locales } from './letters.ts';
import { isHexColor } from './templates/colors.ts';

/** In whose name mails and their pages speak. */
export const brandSettings = section('Brand', {
  name: {
    variable: 'BRAND_NAME',
    parse: brandName,
    fallback: () => 'Keyward',
    example: 'Keyward',
    reason: 'The name of what users sign in to, as mails and their pages say it.',
  },
  logoUrl: {
    variable: 'BRAND_LOGO_URL',
    parse: httpsUrl,
    fallback: (): string | undefined => undefined,
    fallbackText: '',
    example: 'https://www.example.com/logo.png',
    reason: 'A picture for the head of mails, shown 40 pixels high; PNG, since not every mail program shows SVG.',
  },
  color: {
    variable: 'BRAND_COLOR',
    parse: hexColor,
    fallback: () => '#1f5fbf',
    example: '#1f5fbf',
    reason: 'The colour of buttons, as #rrggbb; the text on them is black or white, whichever is easier to read.',
  },
  support: {
    variable: 'BRAND_SUPPORT',
    parse: contact,
    fallback: (): Contact | undefined => undefined,
    fallbackText: '',
    example: 'support@example.com',
    reason: 'Whom users may ask: an e-mail address or an https:// address, which each mail names at its end.',
  },
  language: {
    variable: 'MAIL_LANGUAGE',
    parse: oneOf(...locales),
    fallback: (): Locale => 'en',
    example: 'en',
    reason: 'The language of mails and pages for readers of whom none of ours is known: en, de or fr.',
  },
  templatesDir: {
    variable: 'MAIL_TEMPLATES_DIR',
    parse: text,
    fallback: (): string | undefined => undefined,
    fallbackText: '',
    example: './mail-templates',
    reason:
      'A folder with texts of your own that replace those of single mails: <language>/<template>.html and the like.',
  },
});

const maxNameLength = 60;
/** Controls, line separators, and what is not seen or turns the direction of writing: a name stands in subjects. */
const unfit = /[\p{C}\u2028\u2029]/u;

function brandName(raw: string): string {
  const name = raw.trim();
  if (name === '' || [...name].length > maxNameLength || unfit.test(name))
    throw new SettingError(`must be one line of 1 to ${maxNameLength} visible characters`);
  return name;
}

function hexColor(raw: string): string {
  const color = raw.trim().toLowerCase();
  if (!isHexColor(color)) throw new SettingError(`must be # and six hexadecimal digits, not ${quoted(raw)}`);
  return color;
}

/** As it stands in a mail: anybody may read it, so it must hold no secret. */
function httpsUrl(raw: string): string {
  const trimmed = raw.trim();
  const url = URL.parse(trimmed);
  if (url === null || url.protocol !== 'https:' || /[\p{C}\p{Z}\\"'<>`]/u.test(trimmed))
    throw new SettingError('must be a whole address that begins with https://');
  if (url.username !== '' || url.password !== '') throw new SettingError('must not carry a user name or a password');
  return url.href;
}

/** Of addresses only what needs no quoting in a `mailto:` (RFC 6068 §2), so that nothing can be smuggled into the mail that it begins. */
function contact(raw: string): Contact {
  const trimmed = raw.trim();
  if (/^[\w.+-]+@[a-z\d](?:[a-z\d.-]*[a-z\d])?$/i.test(trimmed)) return { text: trimmed, href: `mailto:${trimmed}` };
  if (!trimmed.includes('://'))
    throw new SettingError('must be an e-mail address or an address that begins with https://');
  const href = httpsUrl(trimmed);
  return { text: href, href };
}
