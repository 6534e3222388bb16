import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { insufficientPermission, invalidApiKey, invalidToken, lackingPermission } from '../kernel/access.ts';
import { refusal } from '../kernel/errors.ts';
import { asApiKeyId, asSessionId, asUserId } from '../kernel/ids.ts';
import type { Machine, Person } from '../kernel/principal.ts';
import type { Random } from '../kernel/random.ts';
import { createHttpApp, type HttpAppOptions } from './app.ts';
import type { ApiKeyCheck, Authenticate } from './authenticate.ts';
import { registerRoutes } from './register-routes.ts';
import { type Route, route } from './route.ts';
import { Type } from './schema.ts';
import { PathId, PlainText } from './text.ts';

/** For tests alone: a server with one route of each sort, and a log that can be read. */
export interface TestApp extends AsyncDisposable {
  readonly app: FastifyInstance;
  readonly logLines: () => readonly Record<string, unknown>[];
}

export interface TestAppOptions extends Partial<HttpAppOptions> {
  readonly routes?: readonly Route[];
  readonly strictReplies?: boolean;
  /** `info` unless said; `debug` has a line for each request. */
  readonly logLevel?: 'debug' | 'info';
}

/** Bytes that count up: unlike from draw to draw, the same in every run. */
export function countingRandom(): Random {
  let next = 0;
  return { bytes: (count) => Buffer.from(Array.from({ length: count }, () => next++ % 251)) };
}

const ada: Person = {
  userId: asUserId(1),
  username: 'ada',
  email: 'ada@example.com',
  emailVerified: true,
  createdAt: 0,
  sessionId: asSessionId('AAAAAAAAAAAAAAAAAAAAAA'),
};

/** Knows one token, `good`, whose user may only `posts:publish`. */
const authenticateAda: Authenticate = async (token, permission) => {
  if (token !== 'good') throw invalidToken();
  if (permission !== undefined && permission !== 'posts:publish') throw lackingPermission(permission);
  return ada;
};

const robot: Machine = {
  userId: asUserId(1),
  limitedTo: new Set(['posts:publish']),
  apiKey: asApiKeyId('AAAAAAAAAAAAAAA'),
};

/** Knows one key, `key-good`, which may only `posts:publish`. */
const robotsKey: ApiKeyCheck = {
  isApiKey: (token) => token.startsWith('key-'),
  async authenticate(key, permission) {
    if (key !== 'key-good') throw invalidApiKey();
    if (permission !== undefined && permission !== 'posts:publish') throw lackingPermission(permission);
    return robot;
  },
};

export async function testApp({
  routes = sampleRoutes,
  strictReplies = true,
  logLevel = 'info',
  ...options
}: TestAppOptions = {}): Promise<TestApp> {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ level: logLevel }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const app = createHttpApp({ logger, random: countingRandom(), schemas: 'eager', ...options });
  registerRoutes(app, routes, { authenticate: authenticateAda, apiKeys: robotsKey, strictReplies });
  await app.ready();
  return { app, logLines: () => lines, [Symbol.asyncDispose]: () => app.close() };
}

const wrongPassword = refusal('invalid-credentials', 'unauthenticated', 'Email or password is wrong.', 'Try again.');
const tooManyTries = refusal('too-many-attempts', 'throttled', 'Too many tries.', 'Wait.');
const overloaded = refusal('overloaded', 'unavailable', 'Too busy.', 'Wait.');
const grantUnknown = refusal('unsupported-grant-type', 'invalid', 'This grant type is not known.', 'Use another.');

const open = { kind: 'public', why: 'a test' } as const;
const unlimited = { kind: 'none', why: 'a test' } as const;
const ok = { 200: { schema: Type.Object({ ok: Type.Boolean() }), description: 'Well.' } } as const;
const words = (operationId: string) => ({ operationId, summary: operationId, tags: ['samples'] });

const EchoBody = Type.Object(
  {
    name: PlainText({ max: 20, description: 'A name.' }),
    color: Type.Optional(Type.Union([Type.Literal('red'), Type.Literal('blue')])),
    'a/b~c': Type.Optional(Type.Integer()),
    tags: Type.Optional(Type.Array(PlainText({ max: 5 }), { maxItems: 3, uniqueItems: true })),
  },
  { additionalProperties: false },
);

export const sampleRoutes: readonly Route[] = [
  route({
    ...words('echo'),
    method: 'POST',
    url: '/echo',
    access: open,
    limit: unlimited,
    body: EchoBody,
    replies: { 201: { schema: Type.Object({ name: Type.String() }), description: 'The name.' } },
    refusals: [wrongPassword, tooManyTries, overloaded],
    handler: async (request) => {
      if (request.body.name === 'mallory') throw wrongPassword();
      if (request.body.name === 'hasty') throw tooManyTries({ retryAfterSeconds: 6.2 });
      if (request.body.name === 'busy') throw overloaded({ cause: new Error('the queue is full') });
      return { name: request.body.name, secret: 'stripped' };
    },
  }),
  route({
    ...words('me'),
    method: 'GET',
    url: '/me',
    access: { kind: 'bearer' },
    limit: unlimited,
    query: Type.Object({ page: Type.Optional(Type.String({ pattern: '^[0-9]+$' })) }, { additionalProperties: false }),
    replies: { 200: { schema: Type.Object({ username: Type.String() }), description: 'Who.' } },
    refusals: [],
    handler: async (request) => ({ username: request.principal.username }),
  }),
  route({
    ...words('addRole'),
    method: 'POST',
    url: '/roles',
    access: { kind: 'bearer', permission: 'roles:write' },
    limit: unlimited,
    body: EchoBody,
    replies: ok,
    refusals: [],
    handler: async () => ({ ok: true }),
  }),
  route({
    ...words('deleteUser'),
    method: 'DELETE',
    url: '/users/:user_id',
    access: { kind: 'bearer' },
    limit: unlimited,
    params: Type.Object({ user_id: PathId() }),
    replies: { 204: { description: 'Gone.' } },
    refusals: [insufficientPermission],
    handler: async (request) => {
      if (Number(request.params.user_id) !== request.principal.userId) throw lackingPermission('users:delete');
    },
  }),
  route({
    ...words('token'),
    method: 'POST',
    url: '/token',
    access: open,
    limit: unlimited,
    bodyType: 'form',
    dialect: 'oauth',
    body: Type.Object({ grant_type: Type.String(), username: Type.Optional(Type.String()) }),
    replies: ok,
    refusals: [wrongPassword, tooManyTries, overloaded, grantUnknown],
    handler: async (request) => {
      if (request.body.grant_type !== 'password') throw grantUnknown();
      if (request.body.username === 'mallory') throw wrongPassword();
      if (request.body.username === 'hasty') throw tooManyTries({ retryAfterSeconds: 9 });
      if (request.body.username === 'busy') throw overloaded({ retryAfterSeconds: 2 });
      if (request.body.username === 'faulty') throw new Error('the table users has no column x');
      return { ok: true };
    },
  }),
  route({
    ...words('logOut'),
    method: 'POST',
    url: '/logout',
    access: { kind: 'refresh-credential' },
    limit: unlimited,
    body: Type.Object({ refresh_token: Type.String() }, { additionalProperties: false }),
    bodyOptional: true,
    replies: { 200: { schema: Type.Object({ body: Type.String() }), description: 'What came.' } },
    refusals: [],
    handler: async (request) => ({ body: request.body === undefined ? 'none' : request.body.refresh_token }),
  }),
  route({
    ...words('refresh'),
    method: 'GET',
    url: '/refresh',
    access: { kind: 'refresh-credential' },
    limit: unlimited,
    safe: false,
    replies: ok,
    refusals: [],
    handler: async () => ({ ok: true }),
  }),
  route({
    ...words('fault'),
    method: 'GET',
    url: '/fault/:kind',
    access: open,
    limit: unlimited,
    params: Type.Object({ kind: Type.String() }),
    replies: ok,
    refusals: [],
    handler: async (request, reply) => {
      if (request.params.kind === 'status') reply.code(418);
      if (request.params.kind === 'refusal') throw wrongPassword();
      if (request.params.kind === 'error') throw Object.assign(new Error('password=hunter2'), { statusCode: 200 });
      return { ok: true };
    },
  }),
];
