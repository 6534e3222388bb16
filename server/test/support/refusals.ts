import assert from 'node:assert/strict';
import type { Answer } from './client.ts';

const uuidUrn = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Asserts a refusal as the contract words it: a problem, not to be kept by any cache, that leaves every cookie as it is. */
export function assertProblem(answer: Answer, status: number, code: string): void {
  const { type, title, detail, instance, errors: _errors, ...rest } = answer.body;
  assert.deepEqual([answer.status, rest], [status, { status, code }]);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  assert.equal(type, `/problems/${code}`);
  assert.match(title, /^[A-Z]/);
  assert.match(detail, /^[^\n]{8,}$/);
  assert.match(instance, uuidUrn);
  assert.equal(answer.cookie, undefined, 'a refusal must not touch the cookie');
  if (status === 401) assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer realm="keyward"/);
}

/** Asserts a 422 whose faults stand at exactly these pointers (each told at least once), with words for each. */
export function assertFaults(answer: Answer, ...pointers: readonly string[]): void {
  assertProblem(answer, 422, 'validation-failed');
  const errors: { pointer: string; detail: string }[] = answer.body.errors;
  assert.deepEqual([...new Set(errors.map(({ pointer }) => pointer))].sort(), [...pointers].sort());
  for (const { detail } of errors) assert.match(detail, /^[A-Z].+\.$/);
}

/** Asserts a refusal of the token endpoint (RFC 6749 §5.2). */
export function assertOAuthError(answer: Answer, status: number, error: string): void {
  const { error_description: description, detail, instance, ...rest } = answer.body;
  assert.deepEqual([answer.status, rest], [status, { error }]);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  assert.equal(answer.headers.get('pragma'), 'no-cache');
  assert.match(description, /^[\x20-\x21\x23-\x5b\x5d-\x7e]{8,}$/, 'RFC 6749 §5.2: no quote, no backslash, ASCII');
  assert.equal(detail, description);
  assert.match(instance, uuidUrn);
  assert.equal(answer.cookie, undefined);
}
