/**
 * Owns: the small pages that links in mails open.
 * Tables: none.
 * Specifications: HTML, CSP 3, Trusted Types, WCAG 2.2, RFC 9110 §12.5.4 (languages).
 */
import type { MailOffice } from '../mail/index.ts';
import type { Passwords } from '../passwords/index.ts';
import { linkPage } from './link-page.ts';
import type { PageRoutesDeps } from './routes.ts';

export { pageRoutes } from './routes.ts';

export function createPages({ mail, passwords }: { mail: MailOffice; passwords: Passwords }): PageRoutesDeps {
  const { brand, localeFor } = mail;
  return { localeFor, page: keepEach((action, locale) => linkPage(action, locale, brand, passwords.limits)) };
}

type MakePage = PageRoutesDeps['page'];

/** A page changes with nothing but the configuration, so each is made once. */
function keepEach(make: MakePage): MakePage {
  const made = new Map<string, ReturnType<MakePage>>();
  return (action, locale) => {
    const page = made.get(`${locale}/${action}`) ?? make(action, locale);
    made.set(`${locale}/${action}`, page);
    return page;
  };
}
