import type { Refusal } from '../kernel/errors.ts';
import { validationFailed } from '../kernel/invalid.ts';
import { refusalsOf, statusOf } from './declared.ts';
import { oauthAnswer } from './oauth-error.ts';
import type { Json } from './openapi-schema.ts';
import { problemOf } from './problem.ts';
import { fromRefusal } from './refused.ts';
import type { ReplyDeclaration, Route } from './route.ts';

type Documented = (schema: object) => Json;

/** The id that stands in every example. */
const exampleId = '5f0c2f3e-7d1a-4c9b-8a53-1f6f2d0f9b11';

/** Path parameters first, as they stand in the address; then the query. */
export function parametersOf({ url, params, query }: Route, documented: Documented): Json[] {
  const inPath = [...url.matchAll(/:(\w+)/g)].map(([, name = '']) =>
    parameter('path', name, true, propertiesOf(params)[name] ?? { type: 'string' }, documented),
  );
  const inQuery = Object.entries(propertiesOf(query)).map(([name, schema]) =>
    parameter('query', name, requiredOf(query).includes(name), schema, documented),
  );
  return [...inPath, ...inQuery];
}

function parameter(place: string, name: string, required: boolean, schema: object, documented: Documented): Json {
  const { description, ...rest } = documented(schema);
  return { name, in: place, required, ...(description === undefined ? {} : { description }), schema: rest };
}

export function bodyOf({ body, bodyOptional, bodyType }: Route, documented: Documented): Json | undefined {
  if (body === undefined) return undefined;
  const type = bodyType === 'form' ? 'application/x-www-form-urlencoded' : 'application/json';
  return { required: bodyOptional !== true, content: { [type]: { schema: documented(body) } } };
}

/** The declared replies, then every refusal, grouped by status with one example for each code. */
export function responsesOf(route: Route, documented: Documented): Record<string, Json> {
  const responses: Record<string, Json> = {};
  for (const [status, reply] of Object.entries(route.replies)) responses[status] = replyOf(reply, documented);
  const byStatus = Map.groupBy(refusalsOf(route), (refusal) => String(statusOf(route, refusal)));
  for (const [status, refusals] of byStatus) {
    const refused = refusedOf(route, Number(status), refusals);
    const reply = responses[status];
    responses[status] = reply === undefined ? refused : merged(reply, refused);
  }
  return responses;
}

function replyOf({ description, schema, contentType }: ReplyDeclaration, documented: Documented): Json {
  const type = contentType ?? (schema === undefined ? undefined : 'application/json');
  if (type === undefined) return { description };
  return { description, content: { [mediaTypeOf(type)]: schema === undefined ? {} : { schema: documented(schema) } } };
}

const mediaTypeOf = (contentType: string): string => contentType.replace(/;.*$/, '');

/** One status may be both: `/readyz` answers 503 by its own schema, and so may a refusal. */
const merged = (reply: Json, refused: Json): Json => ({
  ...reply,
  description: `${reply.description} Or: ${refused.description}`,
  content: { ...(reply.content as Json), ...(refused.content as Json) },
});

function refusedOf(route: Route, status: number, refusals: readonly Refusal[]): Json {
  const isOAuth = route.dialect === 'oauth';
  const examples = refusals.map((refusal) => [
    refusal.code,
    { summary: refusal.title, value: isOAuth ? oauthExample(refusal) : problemExample(refusal) },
  ]);
  const schema = { $ref: `#/components/schemas/${isOAuth ? 'OAuthError' : 'Problem'}` };
  return {
    description: refusals.map(({ code, detail }) => `\`${code}\`: ${detail}`).join('\n\n'),
    ...headersOf(status),
    content: {
      [isOAuth ? 'application/json' : 'application/problem+json']: { schema, examples: Object.fromEntries(examples) },
    },
  };
}

const oauthExample = (refusal: Refusal): unknown => JSON.parse(oauthAnswer(fromRefusal(refusal), exampleId).body);

function problemExample(refusal: Refusal): unknown {
  const errors = refusal === validationFailed ? { errors: [{ pointer: '/email', detail: 'This is required.' }] } : {};
  return problemOf(fromRefusal(refusal, errors), exampleId);
}

const text = { schema: { type: 'string' } };

function headersOf(status: number): Json {
  if (status === 401) return { headers: { 'WWW-Authenticate': { description: 'RFC 6750 §3.', ...text } } };
  if (status !== 429 && status !== 503) return {};
  return { headers: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } } };
}

const propertiesOf = (schema: object | undefined): Record<string, object> =>
  (schema as { properties?: Record<string, object> } | undefined)?.properties ?? {};

const requiredOf = (schema: object | undefined): readonly string[] =>
  (schema as { required?: readonly string[] } | undefined)?.required ?? [];
