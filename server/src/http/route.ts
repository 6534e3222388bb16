import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Refusal } from '../kernel/errors.ts';
import type { Permission, Person, Principal } from '../kernel/principal.ts';
import type { Static, TSchema, TUnknown } from './schema.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Null on every route that is not a bearer route. */
    principal: Principal | null;
  }
  interface FastifyContextConfig {
    /** The route as declared; absent where nothing matched. */
    readonly route?: Route;
    /** Whether an answer that the route does not declare is a fault (tests). */
    readonly strictReplies?: boolean;
  }
}

/** Who may call the route. Always declared; a law test reads it. */
export type Access =
  | { readonly kind: 'public'; readonly why: string }
  /**
   * An access token; with `permission` the edge also demands that its user holds it.
   *
   * `apiKeys`: whether API keys pass as well. Unless said, they do where a permission guards the route. `true` where the use case asks for
   * the permission; `false` where the route is for people all the same.
   */
  | { readonly kind: 'bearer'; readonly permission?: Permission; readonly apiKeys?: boolean }
  /** The refresh cookie or a refresh token in the body. The handler checks it, and the same-site rule with it. */
  | { readonly kind: 'refresh-credential' };

/** How often it may be called. `key` names the flow whose attempts are counted; what is counted how stands in the throttle feature. */
export type Limit =
  | { readonly kind: 'none'; readonly why: string }
  | { readonly kind: 'throttled'; readonly key: string };

/** One answer that is no refusal. Without `schema` the handler sends text, bytes, or nothing (204, redirects). */
export interface ReplyDeclaration {
  readonly description: string;
  readonly schema?: TSchema;
  /** `application/json` with a schema, else none. Sent with the answer. */
  readonly contentType?: string;
}

/** By status. The lowest is what a handler answers that sets no `reply.code`. */
export type Replies = Readonly<Record<number, ReplyDeclaration>>;

type BodyOf<D> = D extends { readonly schema: infer S extends TSchema }
  ? Static<S>
  : // biome-ignore lint/suspicious/noConfusingVoidType: a handler without a body simply returns
    string | Buffer | FastifyReply | undefined | void;

/** What a handler may return: the body of one of the declared replies. */
export type ReplyBody<R extends Replies> = { [K in keyof R]: BodyOf<R[K]> }[keyof R];

/** Who can have come in: only where no API key is taken it is a person for certain, and has a session. */
type PrincipalOf<A> = A extends { readonly apiKeys: false }
  ? Person
  : A extends { readonly apiKeys: true } | { readonly permission: Permission }
    ? Principal
    : Person;

/** The request as the route's schemas and its access make it. */
export type RouteRequest<B, P, Q, A> = FastifyRequest<{ Body: B; Params: P; Querystring: Q }> &
  (A extends { readonly kind: 'bearer' } ? { principal: PrincipalOf<A> } : unknown);

/** What every route declares, whatever its types. */
interface RouteBase {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Fastify's pattern: `/users/:user_id`. */
  readonly url: string;
  /** camelCase, unique; the name of the call in generated clients. */
  readonly operationId: string;
  /** A few words; heads the operation in the documentation. */
  readonly summary: string;
  /** Markdown, for what the summary cannot hold. */
  readonly description?: string;
  readonly tags: readonly string[];
  readonly limit: Limit;
  /** The refusals of the feature. The edge's own (broken JSON, missing token …) are added: `refusalsOf(route)`. */
  readonly refusals: readonly Refusal[];
  /** `json` unless said. A form route refuses JSON with 415, and the other way round. */
  readonly bodyType?: 'json' | 'form';
  /** `oauth`: every refusal is answered as RFC 6749 §5.2 wants it. */
  readonly dialect?: 'problem' | 'oauth';
  /** Whether a GET changes nothing and comes to an end, so that HEAD may be answered with it. True unless said. */
  readonly safe?: boolean;
  /**
   * Whether pages of any origin may read the answer: for public data alone, since it goes without credentials. Origins listed in
   * `CORS_ORIGINS` keep what they may.
   */
  readonly anyOrigin?: boolean;
  /**
   * The `Cache-Control` of the declared replies, where it is not `no-store`: for public data alone, the same for everybody. Refusals are
   * never kept.
   */
  readonly cache?: string;
  /** Left out of the OpenAPI document. */
  readonly hide?: boolean;
}

/** A route as a feature writes it. */
export interface RouteDefinition<
  B extends TSchema,
  P extends TSchema,
  Q extends TSchema,
  R extends Replies,
  A extends Access,
  O extends boolean,
> extends RouteBase {
  readonly access: A;
  readonly body?: B;
  /** A request without any body passes too, and `request.body` is then undefined. */
  readonly bodyOptional?: O;
  /** All strings: a number comes as a pattern (`PathId`) and is converted by the handler. */
  readonly params?: P;
  readonly query?: Q;
  readonly replies: R;
  readonly handler: (
    request: RouteRequest<O extends true ? Static<B> | undefined : Static<B>, Static<P>, Static<Q>, A>,
    reply: FastifyReply,
  ) => ReplyBody<R> | Promise<ReplyBody<R>>;
}

/** A route as data: what features export lists of, and what registration, documentation and law tests read. */
export interface Route extends RouteBase {
  readonly access: Access;
  readonly body?: TSchema;
  readonly bodyOptional?: boolean;
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly replies: Replies;
  readonly handler: (request: FastifyRequest, reply: FastifyReply) => unknown;
}

/**
 * Declares a route. The function does nothing but keep the types together:
 *
 * ```ts
 * export const sessionRoutes = (logIn: LogIn): Route[] => [
 *   route({
 *     method: 'POST',
 *     url: '/login',
 *     operationId: 'logIn',
 *     summary: 'Log in',
 *     tags: ['sessions'],
 *     access: { kind: 'public', why: 'it is how one gets in' },
 *     limit: { kind: 'throttled', key: 'login' },
 *     body: LoginBody,
 *     replies: { 200: { schema: LoginReply, description: 'Signed in.' } },
 *     refusals: [invalidCredentials],
 *     handler: async (request, reply) => await logIn(request.body.email, request.body.password),
 *   }),
 * ];
 * ```
 */
export function route<
  const R extends Replies,
  const A extends Access,
  B extends TSchema = TUnknown,
  P extends TSchema = TUnknown,
  Q extends TSchema = TUnknown,
  O extends boolean = false,
>(definition: RouteDefinition<B, P, Q, R, A, O>): Route {
  // The one place where the types are let go: what they promise, registration keeps (schemas are validated, `principal` is set).
  return definition as unknown as Route;
}
