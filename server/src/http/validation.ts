import type { ProblemError } from './problem.ts';

/** What Ajv tells of one fault, as far as we read it. */
interface AjvFault {
  readonly keyword: string;
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
  readonly parentSchema?: Readonly<Record<string, unknown>>;
}

/** The error that Fastify throws when a schema refuses a part of the request. */
export interface ValidationError extends Error {
  readonly validation: readonly AjvFault[];
  readonly validationContext: string;
}

/** More would help nobody, and a hostile body could make thousands. */
export const maxErrors = 20;

/** A pointer holds the client's own key; beyond this length it is noise, and its parent is named. */
const maxPointerLength = 200;

export const isValidationError = (error: unknown): error is ValidationError =>
  error instanceof Error && Array.isArray((error as Partial<ValidationError>).validation);

/** The faults in the client's words: a pointer into the body, or the parameter's name. Never repeats a value. */
export function problemErrors(error: ValidationError): ProblemError[] {
  const inBody = error.validationContext === 'body';
  return error.validation
    .filter(isOwnFault)
    .slice(0, maxErrors)
    .map((fault) => {
      const pointer = pointerOf(fault);
      const detail = detailOf(fault);
      return inBody ? { pointer, detail } : { parameter: pointer.slice(1), detail };
    });
}

/** Of a union that fits nowhere, only the union's own fault is told, not what each branch missed. */
const isOwnFault = (fault: AjvFault): boolean =>
  !/\/(?:anyOf|oneOf)\/\d+\//.test(fault.schemaPath) && !['if', 'propertyNames'].includes(fault.keyword);

function pointerOf({ instancePath, params }: AjvFault): string {
  const property = params.missingProperty ?? params.additionalProperty;
  const pointer = typeof property === 'string' ? `${instancePath}/${escapePointer(property)}` : instancePath;
  return pointer.length > maxPointerLength ? instancePath.slice(0, maxPointerLength) : pointer;
}

/** RFC 6901 §3. */
const escapePointer = (token: string): string => token.replaceAll('~', '~0').replaceAll('/', '~1');

const wordsOf: Readonly<Record<string, (fault: AjvFault) => string>> = {
  required: () => 'This is required.',
  additionalProperties: () => 'This is not known here.',
  type: ({ params }) => `Must be ${nounOf(params.type)}.`,
  minLength: ({ params }) =>
    params.limit === 1 ? 'Must not be empty.' : `Must have at least ${params.limit} characters.`,
  maxLength: ({ params }) => `Must have at most ${params.limit} characters.`,
  minItems: ({ params }) => `Must have at least ${params.limit} entries.`,
  maxItems: ({ params }) => `Must have at most ${params.limit} entries.`,
  uniqueItems: () => 'Must not repeat an entry.',
  enum: ({ params }) => `Must be one of ${listOf(params.allowedValues)}.`,
  const: ({ params }) => `Must be ${JSON.stringify(params.allowedValue)}.`,
  anyOf: ({ parentSchema }) => `Must be one of ${listOf(constantsOf(parentSchema?.anyOf))}.`,
};

function detailOf(fault: AjvFault): string {
  const hint = fault.parentSchema?.['x-hint'];
  if (typeof hint === 'string' && ['pattern', 'format'].includes(fault.keyword)) return hint;
  const words = Object.hasOwn(wordsOf, fault.keyword) ? wordsOf[fault.keyword]?.(fault) : undefined;
  return words ?? (fault.keyword === 'pattern' ? 'Does not have the right form.' : sentence(fault.message));
}

const nouns: Readonly<Record<string, string>> = {
  string: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
};
const nounOf = (type: unknown): string =>
  (Array.isArray(type) ? type : [type]).map((one) => nouns[one] ?? one).join(' or ');

const listOf = (values: unknown): string =>
  Array.isArray(values) && values.length > 0
    ? values.map((value) => JSON.stringify(value)).join(', ')
    : 'the allowed forms';

/** The values of a union that is made of constants alone. */
function constantsOf(branches: unknown): unknown[] {
  if (!Array.isArray(branches) || !branches.every((branch) => 'const' in branch)) return [];
  return branches.map((branch) => branch.const);
}

/** Ajv's own words: they come from the schema, never from the request. */
const sentence = (message = 'must follow the rules'): string =>
  `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
