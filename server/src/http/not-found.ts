import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createMethodTable, type MethodTable } from './method-table.ts';
import { methodNotAllowed, pathNotFound } from './refusals.ts';

/** Follows the registered routes. Call it before the first one. */
export function trackMethods(app: FastifyInstance): MethodTable {
  const table = createMethodTable();
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) table.add(one, url);
  });
  return table;
}

/** Answers what matched no route, before its body is read: 404, or 405 with `Allow` (RFC 9110 §15.5.6). */
export function addNotFound(app: FastifyInstance, table: MethodTable): void {
  const refuse = (request: FastifyRequest, reply: FastifyReply): never => {
    const allowed = table.allowed(request.raw.url ?? '');
    if (allowed.length === 0) throw pathNotFound();
    reply.header('allow', allowed.join(', '));
    throw methodNotAllowed();
  };
  app.addHook('onRequest', (request, reply, done) => {
    if (request.is404) refuse(request, reply);
    done();
  });
  app.setNotFoundHandler(refuse);
}
