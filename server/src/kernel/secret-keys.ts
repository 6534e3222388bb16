import type { Secret } from './secret.ts';

/**
 * The server's secret, and the one or more that it has taken the place of. What is new is made with the present one; what a former one
 * has made is still read, so that a secret can be changed without anybody noticing.
 */
export interface SecretKeys {
  readonly present: Secret;
  readonly former: readonly Secret[];
}
