import { type FastifyBaseLogger, type FastifyReply, type FastifyRequest, LogController } from 'fastify';

/** What stands in the log of a request: the route's pattern, never its address, because tokens of e-mail links stand in addresses. */
const requestFields = (request: FastifyRequest) => ({
  method: request.method,
  route: request.routeOptions?.url ?? 'none',
});

/** An error without what libraries hang on it: rows, parameters, the values that Ajv looked at. */
function errorFields(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, message, stack, cause } = error;
  const code = (error as { code?: unknown }).code;
  return {
    type: name,
    message,
    stack,
    ...(typeof code === 'string' ? { code } : {}),
    ...(cause === undefined || depth === 4 ? {} : { cause: errorFields(cause, depth + 1) }),
  };
}

/** The same logger, unable to print a header or a body whatever a caller hands to it as `req`, `res` or `err`. */
export const discreetLogger = (logger: FastifyBaseLogger): FastifyBaseLogger =>
  logger.child(
    {},
    {
      serializers: {
        req: requestFields,
        res: (reply: FastifyReply) => ({ status: reply.statusCode }),
        err: (error: unknown) => errorFields(error),
      },
    },
  );

/**
 * One line at level debug for each request; none of Fastify's own.
 *
 * @param level of the logger
 */
export function createLogController({ level }: Pick<FastifyBaseLogger, 'level'>): LogController {
  const isWritten = level === 'debug' || level === 'trace';
  return Object.assign(new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }), {
    requestCompleted: (_error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
      // Or the request's own logger would be made for a line that nobody writes.
      if (!isWritten) return;
      const fields = requestFields(request);
      reply.log.debug({ ...fields, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'answered');
    },
  });
}
