import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onRequestHookHandler,
  onSendHookHandler,
  RouteOptions,
} from 'fastify';
import { type ApiKeyCheck, type Authenticate, authenticateHook, type IsKnownToken } from './authenticate.ts';
import { allowAnyOrigin } from './cors.ts';
import { declaredStatuses, successStatus } from './declared.ts';
import type { Route } from './route.ts';

export interface RegisterOptions {
  readonly authenticate: Authenticate;
  /** None unless said. */
  readonly isKnownToken?: IsKnownToken;
  readonly apiKeys: ApiKeyCheck;
  /** Tests: an answer with a status, a refusal or a caching that the route does not declare becomes a 500 that says so in the log. */
  readonly strictReplies?: boolean;
}

/** Puts the routes on the server. May be called more than once, before `listen`. */
export function registerRoutes(app: FastifyInstance, routes: readonly Route[], options: RegisterOptions): void {
  for (const route of routes) app.route(optionsOf(route, options));
}

function optionsOf(route: Route, { strictReplies = false, ...ports }: RegisterOptions): RouteOptions {
  const { access } = route;
  return {
    method: route.method,
    url: route.url,
    schema: schemaOf(route),
    config: { route, strictReplies },
    exposeHeadRoute: route.method === 'GET' && route.safe !== false,
    handler: handlerOf(route),
    ...(route.anyOrigin === true ? { onRequest: allowAnyOrigin } : {}),
    ...(access.kind === 'bearer' ? bearerHooks(route, authenticateHook(ports, access)) : {}),
    ...(strictReplies ? { onSend: refuseUndeclared(route) } : {}),
  };
}

/**
 * Before the body is read, so that a stranger's bytes cost nothing; and again when there was one, since a body may take its time and
 * what was ended meanwhile must not act any more. A GET has none that would be read.
 */
function bearerHooks(
  { method }: Route,
  authenticate: onRequestHookHandler,
): Pick<RouteOptions, 'onRequest' | 'preHandler'> {
  if (method === 'GET') return { onRequest: authenticate };
  return {
    onRequest: authenticate,
    preHandler(request, reply, done) {
      if (request.body !== undefined) return authenticate.call(this, request, reply, done);
      done();
    },
  };
}

/** Only what validates or writes an answer. Problems are written by hand: a serializer per status and route would be slow to build. */
function schemaOf({ body, bodyOptional, params, query, replies }: Route): object {
  const response = Object.entries(replies)
    .filter(([, reply]) => reply.schema !== undefined && (reply.contentType ?? 'json').includes('json'))
    .map(([status, reply]) => [status, reply.schema]);
  return {
    ...(body === undefined ? {} : { body: bodyOptional === true ? { ...body, nullable: true } : body }),
    ...(params === undefined ? {} : { params }),
    ...(query === undefined ? {} : { querystring: query }),
    ...(response.length === 0 ? {} : { response: Object.fromEntries(response) }),
  };
}

/** Sets the status, the type and the caching that the route declares, and then lets its handler speak. */
function handlerOf(route: Route): RouteOptions['handler'] {
  const status = successStatus(route);
  const contentType = route.replies[status]?.contentType;
  return (request: FastifyRequest, reply: FastifyReply) => {
    reply.code(status);
    if (route.cache !== undefined) reply.header('cache-control', route.cache);
    if (contentType !== undefined) reply.type(contentType);
    // To a schema no body looks like `null`; to a handler it is undefined either way.
    if (request.body === null && route.bodyOptional === true) request.body = undefined;
    const body = route.handler(request, reply);
    // Nothing is an answer too; Fastify would take it for one that comes later.
    return body === undefined ? Promise.resolve() : body;
  };
}

function refuseUndeclared(route: Route): onSendHookHandler {
  const declared = declaredStatuses(route);
  return (_request, reply, payload, done) => {
    const caching = reply.getHeader('cache-control');
    if (!declared.has(reply.statusCode))
      done(new Error(`${route.operationId} gave the undeclared status ${reply.statusCode}`));
    else if (caching !== 'no-store' && (reply.statusCode >= 400 || caching !== route.cache))
      done(new Error(`${route.operationId} gave the undeclared caching ${caching}`));
    else done(null, payload);
  };
}
