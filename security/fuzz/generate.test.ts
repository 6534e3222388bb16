import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { valuesOf } from './generate.ts';
import { readApiDocument } from './operations.ts';
import { spoken } from './words.ts';

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
};

describe('what is generated for a body fits its schema', () => {
  for (const { operationId, body } of operations) {
    if (body === undefined) continue;
    test(operationId, () => {
      const validate = new Ajv2020({ strict: false }).compile(body.schema);
      fc.assert(
        fc.property(valuesOf(body.schema, schemas), (value) => {
          assert.ok(validate(spoken(value, cast)), JSON.stringify([value, validate.errors]));
        }),
        { numRuns: 200 },
      );
    });
  }
});

test('words are replaced wherever they stand, and what is no word stays', () => {
  const value = { list: ['⟦email⟧', 1, null], text: 'to ⟦username⟧ and ⟦nobody⟧', id: '⟦other id⟧' };
  assert.deepEqual(spoken(value, cast), {
    list: ['ada@example.com', 1, null],
    text: 'to ada and ⟦nobody⟧',
    id: '7',
  });
});

test('integers keep to their bounds, constants to themselves', () => {
  fc.assert(
    fc.property(valuesOf({ type: 'integer', minimum: 3, maximum: 5 }, {}), (it) => [3, 4, 5].includes(it as number)),
  );
  assert.deepEqual(fc.sample(valuesOf({ const: 'x' }, {}), 3), ['x', 'x', 'x']);
});
