import type { Json } from './openapi-schema.ts';

/** One line of a table of fields. */
export interface FieldRow {
  /** `data.email`, `permissions[]`. */
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  /** The limits, in words. */
  readonly rules: string;
  readonly description: string;
}

const maxDepth = 4;

/** The fields of a schema, those of inner objects among them. */
export function fieldRows(schema: Json, components: Json, prefix = '', depth = 0): FieldRow[] {
  const { properties, required = [] } = resolved(schema, components) as {
    properties?: Record<string, Json>;
    required?: readonly string[];
  };
  return Object.entries(properties ?? {}).flatMap(([key, field]) => {
    const row = fieldRow(`${prefix}${key}`, field, required.includes(key), components);
    return depth === maxDepth ? [row] : [row, ...innerRows(row.name, field, components, depth)];
  });
}

function innerRows(name: string, field: Json, components: Json, depth: number): FieldRow[] {
  const schema = resolved(field, components);
  const inner = schema.type === 'array' ? (schema.items as Json | undefined) : schema;
  const prefix = schema.type === 'array' ? `${name}[].` : `${name}.`;
  return inner === undefined ? [] : fieldRows(inner, components, prefix, depth + 1);
}

/** One line for one schema, as a parameter has. */
export function fieldRow(name: string, field: Json, required: boolean, components: Json): FieldRow {
  const schema = resolved(field, components);
  return {
    name,
    type: typeOf(schema, components),
    required,
    rules: rulesOf(schema),
    description: String(schema.description ?? ''),
  };
}

function resolved(schema: Json, components: Json): Json {
  const name = typeof schema.$ref === 'string' ? schema.$ref.replace('#/components/schemas/', '') : undefined;
  return name === undefined ? schema : ((components[name] as Json | undefined) ?? schema);
}

function typeOf(schema: Json, components: Json): string {
  const branches = schema.anyOf ?? schema.oneOf;
  if ('const' in schema) return JSON.stringify(schema.const);
  if (Array.isArray(branches))
    return branches.map((branch) => typeOf(resolved(branch, components), components)).join(' | ');
  if (schema.type === 'array') return `${typeOf(resolved((schema.items ?? {}) as Json, components), components)}[]`;
  const type = Array.isArray(schema.type) ? schema.type.join(' | ') : String(schema.type ?? 'any');
  return typeof schema.format === 'string' ? `${type} (${schema.format})` : type;
}

const ruleWords: readonly (readonly [keyword: string, words: (value: unknown) => string])[] = [
  ['minLength', (value) => (value === 1 ? 'not empty' : `at least ${value} characters`)],
  ['maxLength', (value) => `at most ${value} characters`],
  ['minimum', (value) => `at least ${value}`],
  ['maximum', (value) => `at most ${value}`],
  ['minItems', (value) => `at least ${value} entries`],
  ['maxItems', (value) => `at most ${value} entries`],
  ['enum', (value) => `one of ${JSON.stringify(value)}`],
  ['default', (value) => `${JSON.stringify(value)} when left out`],
];

const rulesOf = (schema: Json): string =>
  ruleWords
    .filter(([keyword]) => keyword in schema)
    .map(([keyword, words]) => words(schema[keyword]))
    .join(', ');
