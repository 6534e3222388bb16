import type { Limit, Route } from '../../src/http/route.ts';
import type { TSchema } from '../../src/http/schema.ts';
import { insufficientPermission } from '../../src/kernel/access.ts';

/** What a route must say of itself before anybody may call it; empty when nothing is missing. */
export function routeBreaches(routes: readonly Route[], permissions: ReadonlySet<string>): string[] {
  const names = routes.map(({ operationId }) => operationId);
  return routes.flatMap((route) => {
    const faults = [
      ...nameFaults(route, names),
      ...accessFaults(route, permissions),
      ...originFaults(route),
      ...cacheFaults(route),
      ...limitFaults(route.limit),
      ...replyFaults(route),
      ...refusalFaults(route),
    ];
    return faults.map((fault) => `${route.method} ${route.url}: ${fault}`);
  });
}

function nameFaults({ operationId, summary, tags }: Route, names: readonly string[]): string[] {
  return [
    ...(/^[a-z]+(?:[A-Z][a-z0-9]*)*$/.test(operationId) ? [] : [`operationId "${operationId}" must be camelCase`]),
    ...(names.filter((name) => name === operationId).length === 1
      ? []
      : [`operationId "${operationId}" is not unique`]),
    ...(summary.length > 0 && tags.length > 0 ? [] : ['declare a summary and a tag']),
  ];
}

function accessFaults({ access, refusals }: Route, permissions: ReadonlySet<string>): string[] {
  const asksItself = refusals?.includes(insufficientPermission);
  if (access === undefined) return ['declare `access`: who may call it'];
  if (access.kind === 'public') return access.why.length > 0 ? [] : ['say in `access.why` why everybody may call it'];
  if (access.kind === 'bearer' && access.permission === undefined && access.apiKeys === true && !asksItself) {
    return [
      '`apiKeys: true` without a permission: the use case must ask for one, and may then refuse with insufficient-permission',
    ];
  }
  if (access.kind !== 'bearer' || access.permission === undefined || permissions.has(access.permission)) return [];
  return [`the permission "${access.permission}" is unknown: add it to builtInPermissions (features/roles/policy.ts)`];
}

function originFaults({ anyOrigin, access }: Route): string[] {
  return anyOrigin === true && access?.kind !== 'public' ? ['`anyOrigin` is for public data alone'] : [];
}

/** What belongs to somebody, or is worth something to whoever finds it in a cache. Addresses of endpoints may speak of tokens. */
const personalName = /(?:^|_)(?:token|email|username|user|users|ip|user_agent|sub|session|sessions)$/;

/** Caches keep only what is public, the same for everybody, and asked for without an effect (RFC 9111 §3.5, RFC 6749 §5.1). */
function cacheFaults({ cache, access, method, safe, replies }: Route): string[] {
  if (cache === undefined) return [];
  if (access?.kind !== 'public' || method !== 'GET' || safe === false) return ['`cache` is for public data alone'];
  const fields = Object.values(replies).flatMap(({ schema }) => (schema === undefined ? [] : fieldsOf(schema)));
  return fields
    .filter((field) => personalName.test(field.replace(/^.*\//, '')))
    .map((field) => `${field} must not be kept`);
}

function limitFaults(limit: Limit | undefined): string[] {
  if (limit === undefined) return ['declare `limit`: how often it may be called'];
  if (limit.kind === 'none') return limit.why.length > 0 ? [] : ['say in `limit.why` why it needs no limit'];
  return limit.key.length > 0 ? [] : ['name the limit in `limit.key`'];
}

function replyFaults({ replies }: Route): string[] {
  const entries = Object.entries(replies ?? {});
  if (entries.length === 0) return ['declare `replies`: what it answers'];
  return entries.flatMap(([status, { description }]) => [
    ...(/^[1-5]\d\d$/.test(status) ? [] : [`"${status}" is no status`]),
    ...(description.length > 0 ? [] : [`describe the reply ${status}`]),
  ]);
}

function refusalFaults({ refusals }: Route): string[] {
  if (refusals === undefined) return ['declare `refusals`, also when there are none'];
  return new Set(refusals).size === refusals.length ? [] : ['a refusal is declared twice'];
}

const secretName = /pass(?:word|phrase)|hash|secret|salt|private|digest/i;

/** Fields of replies whose names say that they should not leave the server, as `POST /login 200 /data/password`. */
export function secretFields(routes: readonly Route[]): string[] {
  return routes
    .flatMap(({ method, url, replies }) =>
      Object.entries(replies).flatMap(([status, { schema }]) =>
        schema === undefined ? [] : fieldsOf(schema).map((field) => ({ field, place: `${method} ${url} ${status}` })),
      ),
    )
    .flatMap(({ field, place }) => (secretName.test(field) ? [`${place} ${field}`] : []));
}

/** Every field of a schema, however deep, as a path. */
function fieldsOf(schema: TSchema, path = ''): string[] {
  const { properties, ...rest } = schema as TSchema & { properties?: Record<string, TSchema> };
  const named = Object.entries(properties ?? {}).flatMap(([name, inner]) => {
    return [`${path}/${name}`, ...fieldsOf(inner, `${path}/${name}`)];
  });
  const others = Object.values(rest)
    .flat()
    .filter((value) => typeof value === 'object' && value !== null);
  return [...named, ...others.flatMap((inner) => fieldsOf(inner as TSchema, path))];
}
