import { crossSiteRequest } from './refusals.ts';

/** The headers of a request, as Node gives them: a repeated one arrives joined, and then equals nothing that passes. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface SameSiteRule {
  /** Origins whose pages may act for the user: the server's own and the CORS list, as `https://app.example.com`. */
  readonly allowedOrigins: ReadonlySet<string>;
}

/**
 * Lets a cookie-bearing state change through only when no other site can have caused it: the cookie proves who the browser belongs to,
 * not that its user wanted this (OWASP CSRF Prevention, "Fetch Metadata"; ASVS 5.0 3.5.3). A request without any of these headers comes
 * from no browser and passes: curl carries a cookie only when its owner put it there.
 *
 * @throws `cross-site-request` (forbidden)
 */
export function assertSameSite(headers: RequestHeaders, { allowedOrigins }: SameSiteRule): void {
  const origin = headers.origin;
  const originAllowed = typeof origin === 'string' && allowedOrigins.has(origin);
  if (origin !== undefined && !originAllowed) throw crossSiteRequest();
  if (isPrefetch(headers) || isNoScriptCall(headers)) throw crossSiteRequest();
  const site = headers['sec-fetch-site'];
  const passes = site === undefined || site === 'same-origin' || (isOtherOrigin(site) && originAllowed);
  if (!passes) throw crossSiteRequest();
}

/** `none` (typed, bookmarked) is not among them: nobody types a state change. */
const isOtherOrigin = (site: string | string[]): boolean => site === 'same-site' || site === 'cross-site';

/** A browser that fetches ahead acts without its user (Fetch Metadata §2.5 `Sec-Purpose`; the two others are older names). */
const isPrefetch = (headers: RequestHeaders): boolean =>
  [headers['sec-purpose'], headers.purpose, headers['x-moz']].some((value) =>
    /prefetch|prerender|preview/i.test(String(value ?? '')),
  );

/** A navigation, a frame, an image, a style: whatever is not `fetch` or XHR, which alone send the destination `empty`. */
function isNoScriptCall(headers: RequestHeaders): boolean {
  const mode = headers['sec-fetch-mode'];
  const destination = headers['sec-fetch-dest'];
  const scriptMode = mode === undefined || mode === 'cors' || mode === 'same-origin' || mode === 'no-cors';
  return !scriptMode || (destination !== undefined && destination !== 'empty');
}
