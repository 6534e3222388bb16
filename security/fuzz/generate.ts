import fc from 'fast-check';
import { resolved, type Schema } from './operations.ts';
import { wordsFor } from './words.ts';

type Schemas = Readonly<Record<string, Schema>>;

/** Strings longer than this are the business of spoils: a valid one need not be long to be odd. */
const usualLength = 40;
const usualItems = 5;

/** What is minded here, and what says nothing of which values fit. */
const keywords: ReadonlySet<string> = new Set([
  ...['type', 'anyOf', 'enum', 'const', 'properties', 'required', 'additionalProperties'],
  ...['items', 'minItems', 'maxItems', 'uniqueItems', 'minLength', 'maxLength', 'pattern', 'format'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'description', 'examples', 'default'],
]);

/**
 * Values that fit a schema; under a name that is known, mostly what the server knows by that name.
 *
 * @throws Error at a keyword of JSON Schema that it does not mind: it would draw what does not fit
 */
export function valuesOf(schema: Schema, schemas: Schemas, name = ''): fc.Arbitrary<unknown> {
  const it = resolved(schema, schemas);
  const unknown = Object.keys(it).find((keyword) => !keywords.has(keyword));
  if (unknown !== undefined) throw new Error(`the generator does not mind ${unknown}`);
  const { type, anyOf, enum: allowed } = it;
  if ('const' in it) return fc.constant(it.const);
  if (allowed !== undefined) return fc.constantFrom(...allowed);
  if (anyOf !== undefined) return fc.oneof(...anyOf.map((one) => valuesOf(one, schemas, name)));
  if (type === 'object') return objectsOf(it, schemas);
  if (type === 'array') return arraysOf(it, schemas, name);
  if (type === 'boolean') return fc.boolean();
  if (type === 'null') return fc.constant(null);
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

function arraysOf(it: Schema, schemas: Schemas, name: string): fc.Arbitrary<unknown> {
  const { items = {}, minItems: minLength = 0, maxItems = usualItems, uniqueItems = false } = it;
  const values = valuesOf(items, schemas, name);
  const lengths = { minLength, maxLength: Math.max(minLength, Math.min(maxItems, usualItems)) };
  return uniqueItems
    ? fc.uniqueArray(values, { ...lengths, selector: (value) => JSON.stringify(value) })
    : fc.array(values, lengths);
}

function numbersOf({ type, minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): fc.Arbitrary<number> {
  if (type === 'number') {
    const [above = -Infinity, below = Infinity] = [exclusiveMinimum, exclusiveMaximum];
    const [min = -Infinity, max = Infinity] = [minimum, maximum];
    const range = { min: Math.max(min, above), max: Math.min(max, below), noNaN: true, noDefaultInfinity: true };
    return fc.double({
      ...range,
      minExcluded: above >= min && above > -Infinity,
      maxExcluded: below <= max && below < Infinity,
    });
  }
  const lows = [minimum, exclusiveMinimum === undefined ? undefined : Math.floor(exclusiveMinimum) + 1];
  const highs = [maximum, exclusiveMaximum === undefined ? undefined : Math.ceil(exclusiveMaximum) - 1];
  const [low, high] = [lows.filter((bound) => bound !== undefined), highs.filter((bound) => bound !== undefined)];
  const min = low.length > 0 ? Math.ceil(Math.max(...low)) : Math.min(-(2 ** 31), ...high);
  const max = high.length > 0 ? Math.floor(Math.min(...high)) : Math.max(2 ** 31, min);
  return fc.integer({ min, max });
}

function textsOf(it: Schema): fc.Arbitrary<string> {
  const { minLength = 0, maxLength = Infinity, pattern } = it;
  // JSON Schema counts characters (Validation §6.3.1); a grapheme may be several of them.
  const fits = (text: string): boolean => [...text].length >= minLength && [...text].length <= maxLength;
  if (it.format === 'date-time') return instantsOf(it).filter(fits);
  const lengths = { minLength, maxLength: Math.max(minLength, Math.min(maxLength, usualLength)) };
  const drawn = fc.string({ unit: 'grapheme', ...lengths }).filter(fits);
  if (pattern === undefined) return drawn;
  const rule = new RegExp(pattern, 'u');
  // Patterns that only forbid a few characters are met by drawing and looking; those that spell out a form are not.
  if (pattern.startsWith('^[^')) return drawn.filter((text) => rule.test(text));
  return fc.stringMatching(rule).filter(fits);
}

/** RFC 3339 §5.6; dates that only look like some are among the spoils. */
function instantsOf({ pattern = '' }: Schema): fc.Arbitrary<string> {
  const dates = fc.date({
    min: new Date('0001-01-02T00:00:00Z'),
    max: new Date('9999-12-30T00:00:00Z'),
    noInvalidDate: true,
  });
  const written = fc.tuple(dates, fc.constantFrom('Z', '.5Z', '.123456789Z', '+05:45', '-12:00'));
  const rule = new RegExp(pattern, 'u');
  return written.map(([date, end]) => `${date.toISOString().slice(0, 19)}${end}`).filter((text) => rule.test(text));
}
