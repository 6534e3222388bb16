import type { Scene } from './scene.ts';

/** What came of one attempt, or of one look at the suite itself. */
export type Verdict =
  | { readonly kind: 'refused'; readonly what: string }
  | { readonly kind: 'fell-through'; readonly what: string; readonly how: string }
  /** Something that must be found or must work; else the refusals beside it would prove nothing. */
  | { readonly kind: 'control'; readonly what: string; readonly found: boolean; readonly how: string }
  | { readonly kind: 'note'; readonly text: string };

/** What an enemy does. One file in `attacks/<family>/`, which exports it as `attack`. */
export interface Attack {
  readonly name: string;
  /** What the enemy wants, in a sentence. */
  readonly wants: string;
  /** Where the attack is described: OWASP, RFC, CVE. */
  readonly source: string;
  attempts(scene: Scene): AsyncIterable<Verdict>;
}

/** @param how it got through; undefined: it did not */
export const judged = (what: string, how: string | undefined): Verdict =>
  how === undefined ? { kind: 'refused', what } : { kind: 'fell-through', what, how };

/** @param missing what is wrong with the control; undefined: it was found */
export const control = (what: string, missing: string | undefined): Verdict => ({
  kind: 'control',
  what,
  found: missing === undefined,
  how: missing ?? '',
});

export const note = (text: string): Verdict => ({ kind: 'note', text });
