import { createHash } from 'node:crypto';

/** The members of a record: what JSON can say without nesting. */
export type Flat = Readonly<Record<string, string | number | null>>;

/**
 * The one way to write a flat object: RFC 8785 (JCS), which is JSON without white space, its members sorted. In many languages a JSON
 * library writes it when told to sort and to leave out spaces.
 */
export function canonicalJson(object: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(object).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(object[name])}`).join(',')}}`;
}

/** SHA-256 over pieces, one behind the other. */
export function sha256Of(...pieces: readonly (string | Uint8Array)[]): Buffer {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
}
