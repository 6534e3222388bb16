import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { findJsonFault } from './json-scan.ts';
import { isPlainUtf8 } from './media-type.ts';
import { malformedJson, unsupportedMediaType } from './refusals.ts';

/** Makes the instance read `application/json`, and that alone: `+json` types would promise a meaning that no route gives them. */
export function addJsonBody(app: FastifyInstance): void {
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    const route = request.routeOptions.config.route;
    const expectsJson = route === undefined || route.bodyType !== 'form';
    if (!expectsJson || !isPlainUtf8(request.headers)) throw unsupportedMediaType();
    // Clients set the header even when they send nothing; where no body is needed that is no fault.
    const needsBody = route?.body !== undefined && route.bodyOptional !== true;
    if (body.length === 0 && !needsBody) return undefined;
    return parseJson(body);
  });
}

/**
 * The value in a body of JSON.
 *
 * @throws `malformed-json` (malformed) saying what is wrong and where; the body itself is never repeated
 */
export function parseJson(body: Buffer): unknown {
  if (body.length === 0) throw malformedJson({ detail: 'The body is empty where JSON is expected.' });
  if (!isUtf8(body)) throw malformedJson({ detail: `The body is not UTF-8 (byte ${firstBadByte(body)}).` });
  const text = body.toString('utf8');
  // RFC 8259 §8.1 lets a parser ignore it; we refuse, so that two readers never see two texts.
  if (text.startsWith('\ufeff')) throw malformedJson({ detail: 'The body begins with a byte order mark.' });
  const fault = findJsonFault(text);
  if (fault !== undefined) throw malformedJson({ detail: `${fault.what} (${placeOf(text, fault.offset)}).` });
  return JSON.parse(text);
}

/** Counts from 1, as editors do; a column is a UTF-16 unit. */
function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return `line ${line}, column ${offset - before.lastIndexOf('\n')}`;
}

/** Counts from 0. Decoding replaces what is broken, so that the first byte that comes back different is the bad one. */
function firstBadByte(body: Buffer): number {
  const again = Buffer.from(body.toString('utf8'));
  let at = 0;
  while (again[at] === body[at]) at += 1;
  return at;
}
