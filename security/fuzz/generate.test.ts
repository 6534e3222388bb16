import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { exampled, exampleFor } from './examples.ts';
import { valuesOf } from './generate.ts';
import { readApiDocument, resolved, type Schema } from './operations.ts';
import { thingWords } from './things.ts';
import { spoken, wordsFor } from './words.ts';

const { operations, schemas } = readApiDocument();
const person = (name: string) => ({
  id: 7 as never,
  username: name,
  email: `${name}@example.com`,
  password: 'a password',
  accessToken: 'a.b.c',
  refreshToken: 'x.0.y.z',
  sessionId: 'AAAAAAAAAAAAAAAAAAAAAA',
  device: 'd',
});
const cast = {
  own: person('ada'),
  other: person('bea'),
  fresh: () => ({ username: 'cleo', email: 'cleo@example.com' }),
  // The role is none that is likely to be drawn beside it: what must differ would not.
  things: {
    ...{ role: 2 ** 52 + 12_345, permission: 'posts:edit', 'own key': 'A'.repeat(15), 'holder key': 'B'.repeat(15) },
    ...{ 'holder id': 10, 'deleted id': 11, 'invited id': 12 },
    ...{ 'reset token': 'C'.repeat(43), 'login token': 'D'.repeat(43), 'verification token': 'E'.repeat(43) },
  },
};

/** RFC 3339 §5.6, as far as a calendar is needed to tell. */
const isInstant = (text: string): boolean => !Number.isNaN(Date.parse(text)) && /^\d{4}-\d\d-\d\dT/.test(text);

function assertFits(
  schema: Schema,
  speak: (value: unknown) => unknown = (value) => spoken(value, cast),
  name = '',
): void {
  const validate = new Ajv2020({ strict: false, formats: { 'date-time': isInstant } }).compile(schema);
  fc.assert(
    fc.property(valuesOf(schema, schemas, name), (value) => {
      assert.ok(validate(speak(value)), JSON.stringify([value, validate.errors]));
    }),
    { numRuns: 200 },
  );
}

describe('what is generated for a body fits its schema', () => {
  for (const { operationId, body } of operations)
    if (body !== undefined) test(operationId, () => assertFits(body.schema));
});

describe('what is generated for a parameter fits its schema', () => {
  for (const { operationId, parameters } of operations)
    for (const { name, schema } of parameters)
      test(`${operationId}: ${name}`, () => {
        const isNumber = schema.type === 'integer';
        assertFits(schema, (value) => (isNumber ? Number(spoken(value, cast)) : spoken(value, cast)), name);
      });
});

describe('what is generated keeps to', () => {
  const rules: readonly Schema[] = [
    { type: 'array', items: { type: 'boolean' }, minItems: 1 },
    { type: 'array', items: { type: 'integer' }, minItems: 8, maxItems: 9 },
    { type: 'array', items: { type: 'integer', minimum: 1, maximum: 6 }, minItems: 2, uniqueItems: true },
    { type: 'array', items: { type: 'string', minLength: 2 }, maxItems: 2 },
    { type: 'integer', exclusiveMinimum: 1, exclusiveMaximum: 3 },
    { type: 'integer', minimum: 2 ** 40 },
    { type: 'integer', maximum: -(2 ** 40) },
    { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
    { type: 'number', minimum: 0.25, maximum: 0.5 },
    { type: 'string', minLength: 60 },
    { type: 'string', maxLength: 3 },
    { type: 'string', minLength: 2, maxLength: 3, pattern: '^[^a]*$' },
    { type: 'string', minLength: 4, maxLength: 5, pattern: '^[a-c]+$' },
    { type: 'string', format: 'date-time' },
    { anyOf: [{ type: 'integer', minimum: 1 }, { type: 'null' }] },
  ];
  for (const rule of rules) test(JSON.stringify(rule), () => assertFits(rule));

  test('what it knows: a keyword that it does not mind is an error', () => {
    assert.throws(() => valuesOf({ type: 'integer', multipleOf: 7 } as Schema, {}), /does not mind multipleOf/);
  });
});

test('an example is of an operation, and fits what is declared', () => {
  for (const operationId of exampled()) {
    const operation = operations.find((it) => it.operationId === operationId);
    const { parameters = {}, body } = exampleFor(operationId) ?? {};
    const validate = new Ajv2020({ strict: false, formats: { 'date-time': isInstant } }).compile(
      operation?.body?.schema ?? false,
    );
    assert.ok(body === undefined || validate(spoken(body, cast)), `${operationId}: ${JSON.stringify(validate.errors)}`);
    const names = operation?.parameters.map(({ name }) => name) ?? [];
    assert.deepEqual(
      Object.keys(parameters).filter((name) => !names.includes(name)),
      [],
      operationId,
    );
    assert.notEqual(operation, undefined, operationId);
  }
});

test('every word that the fuzzer says has a meaning', () => {
  const things = Object.fromEntries(thingWords.map((word) => [word, 'x']));
  const names = operations.flatMap(({ parameters, body }) => [
    ...parameters.map(({ name }) => name),
    ...Object.keys(body === undefined ? {} : (resolved(body.schema, schemas).properties ?? {})),
  ]);
  const said = [...exampled().map((it) => exampleFor(it)), ...names.map((name) => wordsFor(name))];
  for (const it of said) assert.doesNotMatch(JSON.stringify(spoken(it, { ...cast, things })), /[⟦⟧]/);
});

test('words are replaced wherever they stand, and what is no word stays', () => {
  const value = { list: ['⟦email⟧', 1, null], text: 'to ⟦username⟧ and ⟦nobody⟧', id: '⟦other id⟧' };
  assert.deepEqual(spoken(value, cast), {
    list: ['ada@example.com', 1, null],
    text: 'to ada and ⟦nobody⟧',
    id: 7,
  });
});

test('integers keep to their bounds, constants to themselves', () => {
  fc.assert(
    fc.property(valuesOf({ type: 'integer', minimum: 3, maximum: 5 }, {}), (it) => [3, 4, 5].includes(it as number)),
  );
  assert.deepEqual(fc.sample(valuesOf({ const: 'x' }, {}), 3), ['x', 'x', 'x']);
});
