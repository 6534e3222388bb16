import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type as TypeBox } from 'typebox';
import { Type as Ours } from './schema.ts';

/** One schema with every builder and every way in which we use it. */
const made = (Type: typeof Ours) => {
  const Part = Type.Object(
    { name: Type.String(), nick: Type.Optional(Type.String({ maxLength: 3 })) },
    { title: 'Part' },
  );
  return Type.Object(
    {
      ...Type.Partial(Part).properties,
      ...Part.properties,
      parts: Type.Array(Part, { minItems: 1, description: 'some' }),
      none: Type.Object({}, { additionalProperties: false }),
      whole: Type.Partial(Part, { description: 'any' }),
      count: Type.Integer({ minimum: 1 }),
      yes: Type.Optional(Type.Boolean()),
      both: Type.Union([Type.Null(), Type.Literal('a', { description: 'one' }), Type.Literal(2), Type.Literal(true)], {
        description: 'either',
      }),
      kind: Type.Optional(Type.Enum(['x', 'y'], { description: 'which' })),
      others: Type.Record(Type.String(), Type.String({ format: 'date-time' })),
      odd: Type.Optional(Type.Unsafe<object>({ type: 'object', nullable: true })),
    },
    { title: 'All' },
  );
};

test('our builders make the schemas that TypeBox makes', () => {
  assert.deepEqual(
    JSON.parse(JSON.stringify(made(Ours))),
    JSON.parse(JSON.stringify(made(TypeBox as unknown as typeof Ours))),
  );
});

test('what may be absent in one object stays required in another', () => {
  const name = Ours.String();
  assert.equal(Ours.Object({ name: Ours.Optional(name) }).required, undefined);
  assert.deepEqual(Ours.Object({ name }).required, ['name']);
});
