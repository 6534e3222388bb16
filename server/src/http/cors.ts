import type { FastifyInstance, onRequestHookHandler } from 'fastify';
import type { MethodTable } from './method-table.ts';
import { addVary } from './vary.ts';

/**
 * Lets pages of the listed origins call with credentials. Exact origins only: no wildcard, no pattern, no echo of whatever asks.
 * A preflight (Fetch §4.8) from any other origin finds no OPTIONS route and is answered 405 without a CORS header, which browsers take as no.
 */
export function addCors(app: FastifyInstance, origins: ReadonlySet<string>, table: MethodTable): void {
  if (origins.size === 0) return;
  app.addHook('onRequest', (request, reply, done) => {
    // Whatever the origin: a shared cache must not hand one origin's answer to another.
    addVary(reply, 'Origin');
    const { origin } = request.headers;
    if (origin === undefined || !origins.has(origin)) return done();
    reply.header('access-control-allow-origin', origin).header('access-control-allow-credentials', 'true');
    const isPreflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
    const methods = isPreflight ? table.allowed(request.raw.url ?? '') : [];
    if (methods.length === 0) {
      reply.header('access-control-expose-headers', 'Retry-After, WWW-Authenticate');
      return done();
    }
    reply
      .header('access-control-allow-methods', methods.join(', '))
      .header('access-control-allow-headers', 'Authorization, Content-Type')
      .header('access-control-max-age', '600');
    void reply.code(204).send();
  });
}

/**
 * For answers that are public and the same for everybody: any page may read them, without credentials (Fetch §3.3.5). Nothing is said
 * anew to a listed origin, whose call with credentials a `*` would break.
 */
export const allowAnyOrigin: onRequestHookHandler = (_request, reply, done) => {
  if (!reply.hasHeader('access-control-allow-origin')) reply.header('access-control-allow-origin', '*');
  done();
};
