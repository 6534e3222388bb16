import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { headerOf } from '../../server/test/support/wire.ts';
import type { WireAnswer } from '../wire.ts';
import type { ApiDocument, Operation } from './operations.ts';

/** What was asked, as far as the answer is judged by it. */
export interface Asked {
  readonly operation: Operation;
  readonly method: string;
  /** Whether path and method are still those of the operation. */
  readonly onTarget: boolean;
  /** Whether a good access token was shown. */
  readonly hasToken: boolean;
}

/** Judges answers by the API's own document. @returns what is wrong; empty when nothing is */
export type Judge = (asked: Asked, answer: WireAnswer) => string[];

/** What answers that are not a success must never hold: paths, traces, queries, drivers, the process. */
const internals =
  /node_modules|\.[tj]s:\d+|\n\s+at |\bSQLITE|sqlstate|SELECT .+ FROM|INSERT INTO|UPDATE .+ SET|constraint failed|ECONNREFUSED|ENOENT|EACCES|\/(?:home|usr|var|etc|tmp|root|work)\/|process\.env|\[object Object\]|undefined|\bNaN\b|keyward\.db|throttle_counters/;

const everywhere: Readonly<Record<string, RegExp>> = {
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^DENY$/,
  'referrer-policy': /^no-referrer$/,
  'cross-origin-resource-policy': /./,
  'content-security-policy': /default-src 'none'/,
  'strict-transport-security': /^max-age=\d{7,}/,
  'cache-control': /./,
};

/** What the edge may answer when path or method are no longer those of the operation. */
const edgeStatuses: ReadonlySet<number> = new Set([200, 204, 400, 401, 403, 404, 405, 413, 415, 422, 431]);

export function createJudge({ operations, schemas }: ApiDocument): Judge {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false });
  ajv.addSchema({ $id: 'api', components: { schemas } });
  const validators = new Map<string, ValidateFunction>();
  const known = new Set(operations);

  const validatorOf = (operation: Operation, status: number, type: string): ValidateFunction | undefined => {
    const schema = operation.responses[status]?.content?.[type]?.schema;
    if (schema === undefined) return undefined;
    const key = `${operation.operationId} ${status} ${type}`;
    const made = validators.get(key) ?? ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')));
    validators.set(key, made);
    return made;
  };

  return (asked, answer) => {
    if (!known.has(asked.operation)) throw new Error('the operation is of another document');
    const faults = [...faultsOfAny(asked, answer)];
    if (asked.method === 'HEAD') return faults;
    if (!asked.onTarget) {
      if (!edgeStatuses.has(answer.status)) faults.push(`the status ${answer.status} is none of the edge's`);
      return faults;
    }
    const type = typeOf(answer);
    faults.push(...faultsOfDeclared(asked.operation, answer, type));
    const validate = validatorOf(asked.operation, answer.status, type);
    if (validate !== undefined && !validate(bodyOf(answer)))
      faults.push(`the body does not fit its schema: ${ajv.errorsText(validate.errors)}`);
    return faults;
  };
}

const typeOf = (answer: WireAnswer): string => (headerOf(answer, 'content-type') ?? '').replace(/;.*$/, '');

function bodyOf({ text }: WireAnswer): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What holds for every answer of the server, whatever was asked. */
function* faultsOfAny({ operation, hasToken }: Asked, answer: WireAnswer): Generator<string> {
  const { status, headers } = answer;
  if (status >= 500) yield `the status is ${status}`;
  if (status < 200) yield `the status is ${status}`;
  for (const [name, rule] of Object.entries(everywhere)) {
    if (!rule.test(headerOf(answer, name) ?? '')) yield `${name} is ${headerOf(answer, name)}`;
  }
  const isPersonal = operation.needsToken || operation.method !== 'GET' || status >= 400;
  if (isPersonal && !/no-store/.test(headerOf(answer, 'cache-control') ?? '')) yield 'it may be kept by a cache';
  if (operation.needsToken && !hasToken && status < 300 && status !== 204) yield 'it was given without an access token';
  if (status >= 400) yield* faultsOfRefusal(answer);
  if (headers.some(([name]) => /^(?:server|x-powered-by|x-aspnet|via)$/i.test(name))) yield 'it names the software';
}

function* faultsOfRefusal(answer: WireAnswer): Generator<string> {
  const { status, headers, text } = answer;
  if (headers.some(([name]) => /^set-cookie$/i.test(name))) yield 'a refusal sets a cookie';
  if (status === 401 && !/^Bearer|^Basic/.test(headerOf(answer, 'www-authenticate') ?? ''))
    yield 'there is no challenge';
  if (status === 405 && headerOf(answer, 'allow') === undefined) yield 'there is no Allow';
  if ((status === 429 || status === 503) && !/^[1-9]\d*$/.test(headerOf(answer, 'retry-after') ?? ''))
    yield 'there is no Retry-After';
  // A pointer may repeat the key that was sent.
  const told = internals.exec(text.replaceAll(/"(?:pointer|parameter)":"(?:[^"\\]|\\.)*"/g, ''));
  if (told !== null) yield `it tells of the inside: ${told[0]}`;
}

function* faultsOfDeclared({ responses }: Operation, answer: WireAnswer, type: string): Generator<string> {
  const { status } = answer;
  const declared = responses[status];
  if (declared === undefined) {
    yield `the status ${status} is not declared`;
    return;
  }
  const types = Object.keys(declared.content ?? {});
  if (types.length === 0 ? answer.text !== '' : !types.includes(type))
    yield `the type ${type} is not declared for ${status}`;
  if (status >= 400 && !types.includes('text/html')) yield* faultsOfCode(declared, answer, type);
}

/** RFC 9457, or RFC 6749 §5.2: a refusal has a code that stands in the document. */
function* faultsOfCode(declared: Operation['responses'][string], answer: WireAnswer, type: string): Generator<string> {
  const examples = Object.entries(declared.content?.[type]?.examples ?? {});
  if (examples.length === 0) return;
  const body = bodyOf(answer) as { code?: unknown; error?: unknown; status?: unknown; type?: unknown } | undefined;
  if (type === 'application/problem+json') {
    if (!examples.some(([code]) => code === body?.code))
      yield `the code ${body?.code} is not declared for ${answer.status}`;
    if (body?.status !== answer.status) yield `the body says ${body?.status} and the head ${answer.status}`;
    if (body?.type !== `/problems/${body?.code}`) yield `the type is ${body?.type}`;
    return;
  }
  const errors = examples.map(([, { value }]) => (value as { error?: unknown }).error);
  if (!errors.includes(body?.error)) yield `the error ${body?.error} is not declared for ${answer.status}`;
}
