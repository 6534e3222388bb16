import { type Route, route } from '../../http/route.ts';
import { addVary } from '../../http/vary.ts';
import type { Purpose } from '../../kernel/purpose.ts';
import type { Locale } from '../mail/index.ts';
import { linkActions } from './flows.ts';
import type { LinkPage } from './link-page.ts';

export interface PageRoutesDeps {
  /** The language for who wants these (`Accept-Language`). */
  readonly localeFor: (wanted: string | undefined) => Locale;
  readonly page: (action: Purpose, locale: Locale) => LinkPage;
}

export const pageRoutes = ({ localeFor, page }: PageRoutesDeps): readonly Route[] =>
  linkActions.map((action) =>
    route({
      method: 'GET',
      url: `/mail/${action}`,
      operationId: `show${pascal(action)}Page`,
      summary: `The page of links in mails: ${action}`,
      tags: ['Pages'],
      access: { kind: 'public', why: 'it is the same for everybody; the token is in the fragment and never sent here' },
      limit: { kind: 'none', why: 'constant text' },
      hide: true,
      replies: { 200: { description: 'The page.', contentType: 'text/html; charset=utf-8' } },
      refusals: [],
      handler: (request, reply) => {
        const { markup, language, ...hashes } = page(action, localeFor(request.headers['accept-language']));
        reply.header('content-security-policy', policyOf(hashes));
        reply.header('content-language', language);
        addVary(reply, 'Accept-Language');
        // As the `meta` says, for what is no page to a crawler.
        reply.header('x-robots-tag', 'noindex');
        return markup;
      },
    }),
  );

const pascal = (words: string): string =>
  words.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** This script, this style, calls to this server; no frame, no form that goes out by itself, no markup out of texts. */
const policyOf = ({ scriptHash, styleHash }: Pick<LinkPage, 'scriptHash' | 'styleHash'>): string =>
  [
    "default-src 'none'",
    `script-src ${scriptHash}`,
    `style-src ${styleHash}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
