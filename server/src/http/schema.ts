import type { TObject, TRecord, TSchema, TString, Type as TypeBox } from 'typebox';

export type { Static, TSchema, TUnknown } from 'typebox';

type Options = Readonly<Record<string, unknown>>;
type Properties = Readonly<Record<string, TSchema>>;

/** Fields that may be absent. Kept beside the schemas, so that nothing but JSON Schema is in them. */
const optional = new WeakSet<TSchema>();

function mayBeAbsent<S extends TSchema>(schema: S): S {
  const copy = { ...schema };
  optional.add(copy);
  return copy;
}

function objectOf(properties: Properties, options?: Options) {
  const required = Object.keys(properties).filter((name) => !optional.has(properties[name] as TSchema));
  return { type: 'object', ...(required.length === 0 ? {} : { required }), properties, ...options };
}

const simple = (type: string) => (options?: Options) => ({ type, ...options });

/**
 * Builds JSON Schema, typed as TypeBox types it: `Static<typeof schema>` is what passes it. TypeBox itself makes the same objects
 * (schema.test.ts) with much that we do not use: it would be a quarter of all files that a start loads.
 */
export const Type = {
  String: simple('string'),
  Integer: simple('integer'),
  Boolean: simple('boolean'),
  Null: simple('null'),
  Literal: (value: string | number | boolean, options?: Options) => ({ type: typeof value, const: value, ...options }),
  Enum: (values: readonly string[], options?: Options) => ({ enum: values, ...options }),
  Array: (items: TSchema, options?: Options) => ({ type: 'array', items, ...options }),
  Union: (anyOf: readonly TSchema[], options?: Options) => ({ anyOf, ...options }),
  Record: (_key: TString, value: TSchema, options?: Options) => ({
    type: 'object',
    patternProperties: { '^.*$': value },
    ...options,
  }),
  Unsafe: (schema: TSchema) => schema,
  Object: objectOf,
  Optional: mayBeAbsent,
  Partial: ({ properties }: TObject, options?: Options) =>
    objectOf(
      Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, mayBeAbsent(schema)])),
      options,
    ),
} as unknown as Builders;

type SameAsTypeBox =
  | 'Array'
  | 'Boolean'
  | 'Enum'
  | 'Integer'
  | 'Literal'
  | 'Null'
  | 'Object'
  | 'Optional'
  | 'Partial'
  | 'String'
  | 'Union'
  | 'Unsafe';

type Builders = Pick<typeof TypeBox, SameAsTypeBox> & {
  /** Any names: TypeBox would also take a pattern of names. */
  Record<V extends TSchema>(key: TString, value: V, options?: Options): TRecord<string, V>;
};
