import { takesApiKeys } from './authenticate.ts';
import { bodyOf, parametersOf, responsesOf } from './openapi-operation.ts';
import { createComponents, type Json } from './openapi-schema.ts';
import type { Access, Route } from './route.ts';

/** What heads the document. */
export interface ApiInfo {
  readonly title: string;
  readonly version: string;
  /** Markdown. */
  readonly description: string;
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security: readonly Json[];
  readonly parameters?: readonly Json[];
  readonly requestBody?: Json;
  readonly responses: Readonly<Record<string, Json>>;
}

/** As much of OpenAPI 3.1 as is written here. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: ApiInfo;
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Json; readonly securitySchemes: Json };
}

/**
 * The ways to identify oneself. FastAPI's name for the first is kept, because generated clients carry it. The address of the token endpoint
 * is relative, as is the server's, so that both hold behind a path prefix.
 */
const securitySchemes: Json = {
  OAuth2PasswordBearer: { type: 'oauth2', flows: { password: { tokenUrl: 'token', scopes: {} } } },
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'kw_live_…',
    description: 'For programs: taken where a permission guards the operation.',
  },
  refreshCookie: {
    type: 'apiKey',
    in: 'cookie',
    name: 'refresh_token',
    description: 'In production: `__Host-refresh_token`.',
  },
};

/** An empty requirement means that none of them is needed. */
function securityOf(access: Access): readonly Json[] {
  if (access.kind === 'public') return [];
  if (access.kind === 'refresh-credential') return [{ refreshCookie: [] }, {}];
  return [{ OAuth2PasswordBearer: [] }, { bearer: [] }, ...(takesApiKeys(access) ? [{ apiKey: [] }] : [])];
}

/** The whole API as OpenAPI 3.1, made from the routes alone: the same schemas that validate. */
export function openApiDocument(routes: readonly Route[], info: ApiInfo): OpenApiDocument {
  const components = createComponents();
  const shown = routes.filter((route) => route.hide !== true);
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of shown) {
    const path = route.url.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, components.documented) };
  }
  const tags = [...new Set(shown.flatMap((route) => route.tags))].map((name) => ({ name }));
  return {
    openapi: '3.1.0',
    info,
    servers: [{ url: '.' }],
    tags,
    paths,
    components: { schemas: components.schemas, securitySchemes },
  };
}

function operationOf(route: Route, documented: (schema: object) => Json): Operation {
  const parameters = parametersOf(route, documented);
  const requestBody = bodyOf(route, documented);
  return {
    operationId: route.operationId,
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    tags: route.tags,
    security: securityOf(route.access),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: responsesOf(route, documented),
  };
}
