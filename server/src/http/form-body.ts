import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isPlainUtf8 } from './media-type.ts';
import { malformedForm, unsupportedMediaType } from './refusals.ts';

/** Makes the instance read forms, on the routes that declare `bodyType: 'form'` and nowhere else. */
export function addFormBody(app: FastifyInstance): void {
  const type = 'application/x-www-form-urlencoded';
  app.addContentTypeParser(type, { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    const expectsForm = request.routeOptions.config.route?.bodyType === 'form';
    if (!expectsForm || !isPlainUtf8(request.headers)) throw unsupportedMediaType();
    return parseForm(body);
  });
}

/**
 * The parameters of a form, in an object without a prototype. An empty value counts as left out (RFC 6749 §3.2).
 *
 * @throws `malformed-form` (malformed) for a broken encoding or a repeated name (RFC 6749 §3.2 forbids it; a proxy and we might pick different ones)
 */
export function parseForm(body: Buffer): Record<string, string> {
  if (!isUtf8(body)) throw malformedForm({ detail: 'The form is not UTF-8.' });
  const form: Record<string, string> = Object.create(null);
  const seen = new Set<string>();
  for (const pair of body.toString('utf8').split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    const value = equals === -1 ? '' : decode(pair.slice(equals + 1));
    if (seen.has(name)) throw malformedForm({ detail: 'A parameter stands twice in the form.' });
    seen.add(name);
    if (value !== '') form[name] = value;
  }
  return form;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    throw malformedForm({ detail: 'The form holds a broken percent-encoding.', cause });
  }
}
