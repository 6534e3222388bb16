import { apiKeyNotAccepted, insufficientPermission, invalidApiKey, invalidToken } from '../kernel/access.ts';
import type { Refusal } from '../kernel/errors.ts';
import { validationFailed } from '../kernel/invalid.ts';
import { tooManyAttempts } from '../kernel/too-many-attempts.ts';
import { takesApiKeys } from './authenticate.ts';
import { oauthStatus } from './oauth-error.ts';
import {
  bodyTooLarge,
  crossSiteRequest,
  headersTooLarge,
  malformedForm,
  malformedJson,
  malformedRequest,
  malformedUrl,
  missingCredentials,
  unsupportedMediaType,
} from './refusals.ts';
import { fromRefusal } from './refused.ts';
import type { Route } from './route.ts';

/** The status of a handler that sets none: the lowest declared one. */
export function successStatus(route: Route): number {
  const statuses = Object.keys(route.replies).map(Number);
  if (statuses.length === 0) throw new Error(`${route.operationId} declares no reply`);
  return Math.min(...statuses);
}

/** Every refusal that a caller of the route may meet: the feature's own, and those that the edge gives on its behalf. */
export function refusalsOf(route: Route): readonly Refusal[] {
  const edge = [...accessRefusals(route), ...addressRefusals(route), ...bodyRefusals(route), ...schemaRefusals(route)];
  return [...new Set([...edge, ...route.refusals])];
}

/** What the edge may say before it looks at the route, and therefore at every one. */
export const beforeAnyRoute: readonly Refusal[] = [malformedRequest, headersTooLarge];

/** The status under which the route gives this refusal, in its dialect. */
export function statusOf(route: Route, refusal: Refusal): number {
  const refused = fromRefusal(refusal);
  return route.dialect === 'oauth' ? oauthStatus(refused) : refused.status;
}

/** Every status that the route may answer with; 500 is nowhere declared and everywhere possible. */
export const declaredStatuses = (route: Route): ReadonlySet<number> =>
  new Set([
    500,
    ...Object.keys(route.replies).map(Number),
    ...[...beforeAnyRoute, ...refusalsOf(route)].map((refusal) => statusOf(route, refusal)),
  ]);

function accessRefusals({ access }: Route): readonly Refusal[] {
  if (access.kind === 'refresh-credential') return [crossSiteRequest];
  if (access.kind === 'public') return [];
  return [
    missingCredentials,
    invalidToken,
    ...(takesApiKeys(access) ? [invalidApiKey, tooManyAttempts] : [apiKeyNotAccepted]),
    ...(access.permission === undefined ? [] : [insufficientPermission]),
  ];
}

/** A parameter whose encoding is broken keeps the request from its route, but it was this one that was meant. */
const addressRefusals = ({ params }: Route): readonly Refusal[] => (params === undefined ? [] : [malformedUrl]);

/** A body is read, and so may be refused, wherever the method allows one. */
function bodyRefusals({ method, bodyType }: Route): readonly Refusal[] {
  if (method === 'GET') return [];
  return [bodyType === 'form' ? malformedForm : malformedJson, malformedRequest, bodyTooLarge, unsupportedMediaType];
}

const schemaRefusals = ({ body, params, query }: Route): readonly Refusal[] =>
  [body, params, query].some((schema) => schema !== undefined) ? [validationFailed] : [];
