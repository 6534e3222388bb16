import { readFileSync } from 'node:fs';

/** JSON Schema, as far as the API uses it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly format?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly schema: Schema;
}

interface MediaType {
  readonly schema?: Schema;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

interface ResponseObject {
  readonly content?: Readonly<Record<string, MediaType>>;
}

/** What the document says of one operation. */
export interface Operation {
  readonly method: string;
  /** With `{names}` in it. */
  readonly path: string;
  readonly operationId: string;
  readonly parameters: readonly Parameter[];
  readonly body: { readonly type: string; readonly schema: Schema; readonly required: boolean } | undefined;
  readonly responses: Readonly<Record<string, ResponseObject>>;
  /** Whether nobody gets through without an access token. */
  readonly needsToken: boolean;
}

export interface ApiDocument {
  readonly operations: readonly Operation[];
  readonly schemas: Readonly<Record<string, Schema>>;
}

interface RawOperation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content: Readonly<Record<string, { schema: Schema }>>;
  };
  readonly responses: Readonly<Record<string, ResponseObject>>;
  readonly security?: readonly object[];
}

interface RawDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const committed = new URL('../../server/openapi.json', import.meta.url);

/** What the API promises: `server/openapi.json`, which a test keeps equal to what the server serves. */
export const readApiDocument = (): ApiDocument => documentOf(JSON.parse(readFileSync(committed, 'utf8')));

function documentOf({ paths, components }: RawDocument): ApiDocument {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => operationOf(method.toUpperCase(), path, operation)),
  );
  return { operations, schemas: components.schemas };
}

function operationOf(method: string, path: string, raw: RawOperation): Operation {
  const { operationId, parameters = [], requestBody, responses, security = [] } = raw;
  const [content] = Object.entries(requestBody?.content ?? {});
  const body =
    content === undefined
      ? undefined
      : { type: content[0], schema: content[1].schema, required: requestBody?.required === true };
  // An empty requirement says: or nothing at all (OpenAPI 3.1 §4.8.30).
  const needsToken = security.length > 0 && !security.some((one) => Object.keys(one).length === 0);
  return { method, path, operationId, parameters, body, responses, needsToken };
}

/** A schema without the reference that may stand for it. */
export function resolved(schema: Schema, schemas: Readonly<Record<string, Schema>>): Schema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : resolved(schemas[name] ?? {}, schemas);
}
