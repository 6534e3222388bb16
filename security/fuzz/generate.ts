import fc from 'fast-check';
import { resolved, type Schema } from './operations.ts';
import { wordsFor } from './words.ts';

type Schemas = Readonly<Record<string, Schema>>;

/** Strings longer than this are the business of spoils: a valid one need not be long to be odd. */
const usualLength = 40;

/** Values that fit a schema; under a name that is known, mostly what the server knows by that name. */
export function valuesOf(schema: Schema, schemas: Schemas, name = ''): fc.Arbitrary<unknown> {
  const { type, anyOf, enum: allowed, ...it } = resolved(schema, schemas);
  if ('const' in it) return fc.constant(it.const);
  if (allowed !== undefined) return fc.constantFrom(...allowed);
  if (anyOf !== undefined) return fc.oneof(...anyOf.map((one) => valuesOf(one, schemas, name)));
  if (type === 'object') return objectsOf(it, schemas);
  if (type === 'array') {
    const items = valuesOf(it.items ?? {}, schemas, name);
    return fc.array(items, { maxLength: Math.min(it.maxItems ?? 5, 5) });
  }
  if (type === 'boolean') return fc.boolean();
  const words = wordsFor(name);
  const made =
    type === 'integer' || type === 'number' ? numbersOf(it) : type === 'string' ? textsOf(it) : fc.jsonValue();
  if (words.length === 0) return made;
  return fc.oneof({ arbitrary: fc.constantFrom(...words), weight: 4 }, { arbitrary: made, weight: 1 });
}

function objectsOf({ properties = {}, required = [] }: Schema, schemas: Schemas): fc.Arbitrary<unknown> {
  const fields = Object.entries(properties).map(([name, one]) => [name, valuesOf(one, schemas, name)] as const);
  return fc.record(Object.fromEntries(fields), { requiredKeys: [...required] });
}

const numbersOf = ({ minimum = -(2 ** 31), maximum = 2 ** 31 }: Schema): fc.Arbitrary<number> =>
  fc.integer({ min: minimum, max: maximum });

function textsOf({ minLength = 0, maxLength = usualLength, pattern }: Schema): fc.Arbitrary<string> {
  const lengths = { minLength, maxLength: Math.max(minLength, Math.min(maxLength, usualLength)) };
  if (pattern === undefined) return fc.string({ unit: 'grapheme', ...lengths });
  const rule = new RegExp(pattern, 'u');
  // Patterns that only forbid a few characters are met by drawing and looking; those that spell out a form are not.
  if (pattern.startsWith('^[^')) return fc.string({ unit: 'grapheme', ...lengths }).filter((text) => rule.test(text));
  return fc.stringMatching(rule).filter((text) => text.length >= minLength && text.length <= maxLength);
}
