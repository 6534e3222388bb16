/** A JSON object on its way into the document. */
export type Json = { readonly [key: string]: unknown };

const fieldError = {
  type: 'object',
  required: ['detail'],
  properties: {
    pointer: { type: 'string', description: 'A field of the body, as a JSON pointer (RFC 6901).' },
    parameter: { type: 'string', description: 'A part of the address.' },
    detail: { type: 'string', description: 'What would be right.' },
  },
};

/** The two forms in which every refusal comes. */
const refusalSchemas: Json = {
  Problem: {
    title: 'Problem',
    description: 'Why a request was refused (RFC 9457).',
    type: 'object',
    required: ['type', 'title', 'status', 'detail', 'code', 'instance'],
    properties: {
      type: { type: 'string', format: 'uri-reference', description: '`/problems/` and the code.' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string', description: 'A sentence that may be shown to a person.' },
      code: { type: 'string', description: 'Stable: what programs switch on.' },
      instance: { type: 'string', format: 'uri', description: 'Names this one refusal in the log of the server.' },
      errors: { type: 'array', items: fieldError },
    },
  },
  OAuthError: {
    title: 'OAuthError',
    description: 'Why a token was not given (RFC 6749 §5.2).',
    type: 'object',
    required: ['error', 'error_description', 'detail', 'instance'],
    properties: {
      error: { type: 'string' },
      error_description: { type: 'string' },
      detail: { type: 'string', description: 'The same as `error_description`.' },
      instance: { type: 'string', format: 'uri', description: 'Names this one refusal in the log of the server.' },
    },
  },
};

export interface Components {
  /** What `documented` has met so far, and the forms of refusals. */
  readonly schemas: Json;
  /** The schema as it stands in the document: what has a `title` becomes a component, so that generated clients get a named type. */
  documented(schema: object): Json;
}

export function createComponents(): Components {
  const schemas: Record<string, unknown> = { ...refusalSchemas };
  const documented = (schema: object): Json => {
    const plain = plainSchema(schema, documented);
    const { title } = plain;
    if (typeof title !== 'string') return plain;
    const known = schemas[title];
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(plain))
      throw new Error(`two schemas are called ${title}`);
    schemas[title] = plain;
    return { $ref: `#/components/schemas/${title}` };
  };
  return { schemas, documented };
}

/** Without what is meant for validation alone. `x-documented-as` says what a text really is. */
function plainSchema(schema: object, documented: (schema: object) => Json): Json {
  const { 'x-hint': _hint, 'x-documented-as': shown, ...rest } = schema as Record<string, unknown>;
  if (shown !== undefined)
    return { ...(shown as Json), ...(rest.description === undefined ? {} : { description: rest.description }) };
  return Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, plainKeyword(key, value, documented)]));
}

/** Goes on into the keywords that hold schemas, and leaves all others as they are. */
function plainKeyword(key: string, value: unknown, documented: (schema: object) => Json): unknown {
  if (key === 'properties' && isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, documented(schema as object)]));
  }
  if ((key === 'anyOf' || key === 'oneOf' || key === 'allOf') && Array.isArray(value)) return value.map(documented);
  return (key === 'items' || key === 'additionalProperties') && isObject(value) ? documented(value) : value;
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
