import { crossSiteRequest } from './refusals.ts';
import type { Route } from './route.ts';
import { assertSameSite, type SameSiteRule } from './same-site.ts';

/**
 * A way in by what stood in a mail, closed to pages of other sites: else one could sign its visitor in to an account of its own, and read
 * later what they leave there (OWASP CSRF Prevention, "Login CSRF"). Asked before anything is looked at.
 */
export const fromOwnPages = (rule: SameSiteRule, way: Route): Route => ({
  ...way,
  refusals: [...way.refusals, crossSiteRequest],
  handler: (request, reply) => {
    assertSameSite(request.headers, rule);
    return way.handler(request, reply);
  },
});
