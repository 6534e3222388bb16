import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Random } from '../kernel/random.ts';
import { type ConnectionLimits, dropSlowReaders, limitConnections } from './connections.ts';
import { addCors } from './cors.ts';
import { addFormBody } from './form-body.ts';
import { addFraming, type CheckFraming } from './framing.ts';
import { handleError } from './handle-error.ts';
import { addJsonBody } from './json-body.ts';
import { createLazyCompilers } from './lazy-compilers.ts';
import { addNotFound, trackMethods } from './not-found.ts';
import { createRequestIds } from './request-ids.ts';
import { discreetLogger, loggingOptions } from './request-log.ts';
import { addSecurityHeaders, securityHeaders } from './security-headers.ts';
import { createSocketErrorHandler, refuseTunnels } from './socket-errors.ts';
import { writeTogether } from './write-together.ts';

export interface HttpAppOptions {
  readonly logger: FastifyBaseLogger;
  readonly random: Random;
  /** As Fastify takes it: hops, or the addresses of the proxies whose `X-Forwarded-*` are believed. */
  readonly trustProxy?: boolean | number | string | string[];
  /** Exact origins, as `https://app.example.com`. */
  readonly corsOrigins?: readonly string[];
  /** Whether clients reach the server by https in production: sends HSTS. */
  readonly hsts?: boolean;
  readonly bodyLimitBytes?: number;
  /** `eager` (tests) finds a broken schema at `ready()`, `lazy` starts sooner. */
  readonly schemas?: 'eager' | 'lazy';
  readonly timeouts?: Partial<HttpTimeouts>;
  /** Not limited unless said. */
  readonly connections?: ConnectionLimits;
  readonly maxRequestsPerConnection?: number;
}

/** All in milliseconds. */
export interface HttpTimeouts {
  /** For the headers of a request to arrive (slowloris). */
  readonly headersMs: number;
  /** For the whole request to arrive; 64 KiB take less over the worst line. */
  readonly requestMs: number;
  /** For a silent connection. */
  readonly connectionMs: number;
  /** Between two requests. Longer than the 60 s of usual proxies, so that it is never we who close first under a new request. */
  readonly keepAliveMs: number;
  /** For an answer to be taken by its reader. */
  readonly readMs: number;
  /** How often the first two and the last one are checked. */
  readonly checkMs: number;
}

const standardTimeouts: HttpTimeouts = {
  headersMs: 10_000,
  requestMs: 30_000,
  connectionMs: 120_000,
  keepAliveMs: 72_000,
  readMs: 120_000,
  checkMs: 5_000,
};

/** Node's own limit, said aloud: the address and all headers together. */
const maxHeaderBytes = 16_384;

/** As nginx has it for the connections of its own clients. */
const standardRequestsPerConnection = 1_000;

/** The server without a route: limits, headers, body parsers, and an answer for everything that can go wrong. */
export function createHttpApp(options: HttpAppOptions): FastifyInstance {
  const { random, corsOrigins = [], hsts = false, schemas = 'lazy' } = options;
  const compilers = schemas === 'lazy' ? createLazyCompilers() : undefined;
  const logger = discreetLogger(options.logger);
  const headers = securityHeaders({ hsts });
  const requestId = createRequestIds(random);
  const onSocketError = createSocketErrorHandler({ requestId, headers, log: logger });
  let checkFraming: CheckFraming;
  const app: FastifyInstance = Fastify({
    ...serverOptions(options),
    ...(compilers === undefined ? {} : { schemaController: compilers }),
    ...loggingOptions(logger),
    genReqId: requestId,
    clientErrorHandler: onSocketError,
    // A broken address reaches no hook, so that what hooks do happens here.
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      handleError(firstOf(() => checkFraming(request, reply)) ?? error, request, reply.headers(headers));
    },
  });
  compilers?.loadSoon(app);
  app.log = logger;
  app.decorateRequest('principal', null);
  app.removeAllContentTypeParsers();
  addJsonBody(app);
  addFormBody(app);
  const table = trackMethods(app);
  addSecurityHeaders(app, headers);
  const { maxRequestsPerConnection = standardRequestsPerConnection } = options;
  checkFraming = addFraming(app, { maxRequestsPerConnection });
  refuseTunnels(app.server, onSocketError);
  addCors(app, new Set(corsOrigins), table);
  addNotFound(app, table);
  app.setErrorHandler(handleError);
  if (options.connections !== undefined) limitConnections(app.server, options.connections);
  const endTogether = writeTogether(app.server);
  // Closing takes connections for idle whose answer is only waiting, so that this is the first thing that it does.
  app.addHook('preClose', (done) => {
    endTogether();
    done();
  });
  dropSlowReaders(app.server, { ...standardTimeouts, ...options.timeouts });
  return app;
}

/** What `check` throws. */
function firstOf(check: () => void): unknown {
  try {
    return void check();
  } catch (error) {
    return error;
  }
}

function serverOptions({ trustProxy = false, bodyLimitBytes = 65_536, timeouts, schemas }: HttpAppOptions) {
  const { headersMs, requestMs, connectionMs, keepAliveMs, checkMs } = { ...standardTimeouts, ...timeouts };
  return {
    trustProxy: typeof trustProxy === 'number' ? (_address: string, hop: number) => hop < trustProxy : trustProxy,
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestMs,
    connectionTimeout: connectionMs,
    keepAliveTimeout: keepAliveMs,
    http: {
      headersTimeout: headersMs,
      connectionsCheckingInterval: checkMs,
      maxHeaderSize: maxHeaderBytes,
      // Said aloud, so that no `NODE_OPTIONS` makes it lenient.
      insecureHTTPParser: false,
      // `framing.ts` refuses what lacks it, with a body and all headers; Node would send neither.
      requireHostHeader: false,
    },
    exposeHeadRoutes: false,
    // While closing, what has arrived is still served, and its connection closed: better than a 503 that no client expects.
    return503OnClosing: false,
    forceCloseConnections: 'idle' as const,
    // A longer one is cut off by `maxHeaderSize`; a pattern in the schema decides about the rest.
    routerOptions: { maxParamLength: maxHeaderBytes },
    // What is compiled late has been judged before (test/laws): compiling the schema of schemas takes 50 ms.
    ajv: { customOptions: { ...validationOptions, validateSchema: schemas === 'eager' } },
  };
}

/** What was sent is judged as it was sent: nothing is coerced, dropped or filled in. All faults are told at once; the body limit bounds the work. */
const validationOptions = {
  removeAdditional: false as const,
  coerceTypes: false as const,
  useDefaults: false,
  allErrors: true,
  // Gives the fault its schema, where `x-hint` stands; the values it also carries never leave `validation.ts`.
  verbose: true,
  strictTypes: false as const,
  keywords: ['x-hint', 'x-documented-as'],
};
