import fc from 'fast-check';
import { refreshCookieName } from '../people.ts';
import type { WireRequest } from '../wire.ts';
import { valuesOf } from './generate.ts';
import type { Operation, Schema } from './operations.ts';
import { type Spoil, spoils } from './spoil.ts';
import { type Cast, spoken } from './words.ts';

export const roles = ['anonymous', 'user', 'admin'] as const;
export type Role = (typeof roles)[number];

/** A request as it was drawn: with words where the server knows the values, and with what spoils it. */
export interface Drawn {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  readonly spoils: readonly Spoil[];
}

/** Of three requests one is as the document wants it. */
export function requestsOf(
  { parameters, body }: Operation,
  schemas: Readonly<Record<string, Schema>>,
): fc.Arbitrary<Drawn> {
  const named = parameters.map(({ name, schema, required }) => {
    const values = valuesOf(schema, schemas, name);
    return [name, required ? values : fc.oneof({ arbitrary: fc.constant(undefined), weight: 3 }, values)] as const;
  });
  const bodies = body === undefined ? fc.constant(undefined) : valuesOf(body.schema, schemas);
  return fc.record({
    parameters: fc.record(Object.fromEntries(named)) as fc.Arbitrary<Record<string, unknown>>,
    body: body?.required === false ? fc.option(bodies, { nil: undefined }) : bodies,
    spoils: fc.oneof(fc.constant([]), { weight: 2, arbitrary: fc.array(spoils, { minLength: 1, maxLength: 2 }) }),
  });
}

/** The request as it goes over the wire. */
export interface Rendered {
  readonly request: WireRequest;
  /** Whether path or method are still those of the operation: what is declared holds for no other. */
  readonly onTarget: boolean;
}

/** @param from the address that the proxy reports */
export function render(operation: Operation, drawn: Drawn, role: Role, cast: Cast, from: string): Rendered {
  const spoil = <K extends Spoil['kind']>(kind: K) =>
    drawn.spoils.filter((it) => it.kind === kind) as Extract<Spoil, { kind: K }>[];
  const method = spoil('method').at(-1)?.method ?? operation.method;
  const { path, changed } = pathOf(operation, drawn, cast);
  const body = bodyOf(operation, drawn, cast);
  const type = spoil('type').at(-1)?.type ?? operation.body?.type;
  const headers: [string, string][] = [['X-Forwarded-For', from]];
  if (role !== 'anonymous') headers.push(['Authorization', `Bearer ${cast.own.accessToken}`]);
  // The operations that take the cookie are those that take no token.
  if (role !== 'anonymous' && !operation.needsToken)
    headers.push(['Cookie', `${refreshCookieName}=${cast.own.refreshToken}`]);
  if (body !== undefined && type !== undefined) headers.push(['Content-Type', type]);
  for (const { name, value } of spoil('header')) headers.push([name, value]);
  const request = { method, path, headers, ...(body === undefined ? {} : { body }) };
  return { request, onTarget: !changed && method === operation.method };
}

function pathOf({ path, parameters }: Operation, drawn: Drawn, cast: Cast): { path: string; changed: boolean } {
  let made = path;
  const query: string[] = [];
  for (const [place, { name, in: where }] of parameters.entries()) {
    const spoilt = drawn.spoils.findLast((it) => it.kind === 'parameter' && it.place % parameters.length === place);
    const value = drawn.parameters[name];
    const text = spoilt?.kind === 'parameter' ? spoilt.value : encodeURIComponent(wellFormed(spoken(value, cast)));
    if (where === 'path') made = made.replace(`{${name}}`, () => text);
    else if (value !== undefined || spoilt !== undefined) query.push(`${name}=${text}`);
  }
  const behind = drawn.spoils.flatMap((it) => (it.kind === 'path' ? [it.behind] : [])).join('');
  query.push(...drawn.spoils.flatMap((it) => (it.kind === 'query' ? [it.text] : [])));
  const asked = query.length === 0 ? '' : `${behind.includes('?') ? '&' : '?'}${query.join('&')}`;
  // A parameter that is empty or holds an encoded slash makes another path of it.
  const changed = behind.replace(/\?.*/, '') !== '' || /\/(?:\/|$|\.)|%2f|%2e/i.test(made);
  return { path: `${made}${behind}${asked}`, changed };
}

const wellFormed = (value: unknown): string => String(value).toWellFormed();

function bodyOf({ body: declared }: Operation, drawn: Drawn, cast: Cast): string | Uint8Array | undefined {
  const bytes = drawn.spoils.findLast((it) => it.kind === 'bytes');
  if (bytes?.kind === 'bytes') return Uint8Array.from(bytes.bytes);
  const whole = drawn.spoils.findLast((it) => it.kind === 'body');
  const drawnBody = spoken(whole?.kind === 'body' ? whole.value : drawn.body, cast);
  if (drawnBody === undefined) return undefined;
  const isForm = declared?.type === 'application/x-www-form-urlencoded';
  const fields = fieldsOf(drawnBody, drawn.spoils, cast);
  return spoilText(
    fields === undefined ? JSON.stringify(drawnBody) : isForm ? formText(fields) : jsonText(fields),
    drawn.spoils,
  );
}

type Field = readonly [key: string, value: unknown];

/** The fields of an object, as a list, so that one may stand twice, and `__proto__` is a field like any other. */
function fieldsOf(body: unknown, spoilt: readonly Spoil[], cast: Cast): Field[] | undefined {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return undefined;
  let fields: Field[] = Object.entries(body);
  for (const spoil of spoilt) {
    const at = 'field' in spoil && fields.length > 0 ? spoil.field % fields.length : -1;
    if (spoil.kind === 'drop') fields = fields.filter((_, place) => place !== at);
    if (spoil.kind === 'set')
      fields = fields.map((field, place) => (place === at ? [field[0], spoken(spoil.value, cast)] : field));
    if (spoil.kind === 'add') fields = [...fields, [spoil.key, spoken(spoil.value, cast)]];
    if (spoil.kind === 'repeat-field') fields = [...fields, ...fields.slice(at, at + 1)];
  }
  return fields;
}

const jsonText = (fields: readonly Field[]): string =>
  `{${fields.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;

const formText = (fields: readonly Field[]): string =>
  fields
    .map(
      ([key, value]) =>
        `${encodeURIComponent(key)}=${encodeURIComponent(typeof value === 'string' ? value.toWellFormed() : JSON.stringify(value))}`,
    )
    .join('&');

function spoilText(text: string, spoilt: readonly Spoil[]): string {
  let made = text;
  for (const spoil of spoilt) {
    if (spoil.kind === 'cut') made = made.slice(0, spoil.at);
    if (spoil.kind === 'text') made = `${spoil.before}${made}${spoil.behind}`;
  }
  return made;
}
