import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { docsPage, docsPolicy, docsStart } from './docs-page.ts';
import { once } from './once.ts';
import { type ApiInfo, openApiDocument } from './openapi.ts';
import { redocPage } from './redoc-page.ts';
import { redocStyle } from './redoc-style.ts';
import { pathNotFound } from './refusals.ts';
import { type Route, route } from './route.ts';
import { Type } from './schema.ts';

export interface DocumentationOptions {
  readonly info: ApiInfo;
  /** Called at the first request, when all features have spoken. */
  readonly routes: () => readonly Route[];
}

/** `/openapi.json`, `/docs` and `/redoc`. Nothing is built or read before somebody asks. */
export function documentationRoutes({ info, routes }: DocumentationOptions): Route[] {
  const document = once(() => openApiDocument(routes(), info));
  const json = once(() => Buffer.from(JSON.stringify(document())));
  const page = once(() => Buffer.from(redocPage(document())));
  const docs = once(() => Buffer.from(docsPage(info.title)));
  return [
    textRoute('/openapi.json', 'readOpenApi', 'The OpenAPI document', 'application/json; charset=utf-8', json),
    textRoute('/docs', 'readDocs', 'Interactive documentation', htmlType, docs, docsPolicy),
    textRoute('/redoc', 'readReference', 'The API reference', htmlType, page, redocPolicy()),
    assetRoute,
  ];
}

const htmlType = 'text/html; charset=utf-8';

const common = {
  method: 'GET',
  tags: ['documentation'],
  access: { kind: 'public', why: 'the documentation is no secret' },
  limit: { kind: 'none', why: 'constant text' },
  hide: true,
} as const;

/**
 * A constant text under an address. One buffer serves all: many pipelined requests that nobody reads the answers of must not hold a
 * copy each.
 */
function textRoute(
  url: string,
  operationId: string,
  summary: string,
  contentType: string,
  text: () => Buffer,
  policy?: string,
): Route {
  return route({
    ...common,
    url,
    operationId,
    summary,
    replies: { 200: { description: summary, contentType } },
    // A page that is asked for again is compared, not sent: it changes with every release.
    cache: 'no-cache',
    refusals: [],
    handler: (_request, reply) => {
      if (policy !== undefined) reply.header('content-security-policy', policy);
      return text();
    },
  });
}

/** The files of Swagger UI that the page needs, by name: nothing else of that folder can be reached. */
const assets: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
  'start.js': 'text/javascript; charset=utf-8',
};

const assetRoute = route({
  ...common,
  url: '/docs/:file',
  operationId: 'readDocsAsset',
  summary: 'A file of the interactive documentation',
  params: Type.Object({ file: Type.String() }),
  replies: { 200: { description: 'The file.' } },
  cache: 'public, max-age=3600',
  refusals: [pathNotFound],
  handler: async (request, reply) => {
    const { file } = request.params;
    const type = Object.hasOwn(assets, file) ? assets[file] : undefined;
    if (type === undefined) throw pathNotFound();
    reply.type(type);
    return await assetOf(file);
  },
});

const loaded = new Map<string, Promise<Buffer>>();

/** A file's content, read once: see `textRoute`. */
function assetOf(file: string): Promise<Buffer> {
  const known = loaded.get(file);
  if (known !== undefined) return known;
  const content = file === 'start.js' ? Promise.resolve(Buffer.from(docsStart)) : readFile(join(assetFolder(), file));
  loaded.set(file, content);
  // A read that failed is tried again.
  content.catch(() => loaded.delete(file));
  return content;
}

const assetFolder = once(() => join(dirname(createRequire(import.meta.url).resolve('@fastify/swagger-ui')), 'static'));

/** No script at all, and one style, known by its hash. */
function redocPolicy(): string {
  const hash = createHash('sha256').update(redocStyle).digest('base64');
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}
