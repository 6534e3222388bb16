import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../kernel/errors.ts';
import type { Challenge } from './challenge.ts';
import { beforeAnyRoute, refusalsOf } from './declared.ts';
import { oauthAnswer } from './oauth-error.ts';
import { problemAnswer, type Refused } from './problem.ts';
import { refusedFrom } from './refused.ts';
import type { Route } from './route.ts';

/** Answers whatever was thrown, in the dialect of the route. Only what nobody foresaw is logged as an error. */
export function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { route, strictReplies } = request.routeOptions.config;
  const fault = strictReplies === true && route !== undefined ? undeclared(error, route) : undefined;
  const refused = refusedFrom(fault ?? error, challengeOf(route));
  logRefused(fault ?? error, refused, request);
  // Fastify closes the connection after every body that it could not read. Node drains what is left of one, within the request's
  // timeout; closing under a client that still sends would often cost it this very answer (RFC 9112 §9.6).
  if (reply.raw.shouldKeepAlive) reply.removeHeader('connection');
  const answer = (route?.dialect === 'oauth' ? oauthAnswer : problemAnswer)(refused, request.id);
  // As bytes, because Fastify appends a charset to the type of a JSON text, and `application/problem+json` has none (RFC 9457 §6.1).
  void reply.code(answer.status).headers(answer.headers).type(answer.contentType).send(Buffer.from(answer.body));
}

/** A refusal that the route does not declare is a fault of ours: its documentation would be wrong. */
function undeclared(error: unknown, route: Route): Error | undefined {
  if (!(error instanceof DomainError) || [...beforeAnyRoute, ...refusalsOf(route)].includes(error.refusal))
    return undefined;
  return new Error(`${route.operationId} gave the undeclared refusal ${error.refusal.code}`);
}

function challengeOf(route: Route | undefined): Challenge {
  const access = route?.access;
  return access?.kind === 'bearer' ? { bearer: true, permission: access.permission } : { bearer: false };
}

function logRefused(error: unknown, { refusal, code }: Refused, { log }: FastifyRequest): void {
  const cause = error instanceof DomainError ? error.cause : undefined;
  if (refusal === undefined) log.error({ err: error }, 'unexpected fault');
  // What is unavailable concerns the operator; what a client did wrong does not.
  else if (refusal.kind === 'unavailable' && cause !== undefined) log.warn({ err: cause, code }, 'unavailable');
  else if (cause !== undefined) log.debug({ err: cause, code }, 'refused');
}
