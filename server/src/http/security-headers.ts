import type { FastifyInstance } from 'fastify';

export interface SecurityHeadersOptions {
  /** Whether clients reach us by https in production: then, and only then, they are told to stay there. */
  readonly hsts: boolean;
}

/** The headers of every answer. A page that needs more sets its own `content-security-policy`, and a cacheable route declares `cache`. */
export function securityHeaders({ hsts }: SecurityHeadersOptions): Readonly<Record<string, string>> {
  return Object.freeze({
    // Answers carry tokens and personal data: what may be kept says so itself (RFC 6749 §5.1, RFC 9111 §5.2.2.5).
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    // Stops `<img>` and `<script>` of other sites (Spectre); CORS requests are not subject to it (Fetch §4.7).
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    // A year. Not `includeSubDomains`: the neighbours are not ours to decide for.
    ...(hsts ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  });
}

/** Sets them first of all, so that every later word wins. */
export function addSecurityHeaders(app: FastifyInstance, headers: Readonly<Record<string, string>>): void {
  const entries = Object.entries(headers);
  app.addHook('onRequest', (_request, reply, done) => {
    for (const [name, value] of entries) reply.header(name, value);
    done();
  });
}
