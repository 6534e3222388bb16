import { deriveKeys } from '../../kernel/derive.ts';
import { unseal } from '../../kernel/seal.ts';
import type { SecretKeys } from '../../kernel/secret-keys.ts';
import type { Posting } from './letters.ts';

/** What the bodies in the outbox are sealed under: they hold tokens, and who can read the database must not be able to use them. */
export const mailKeys = (secretKeys: SecretKeys) => deriveKeys(secretKeys, 'mail');

/** What a mail says, also one that was sealed under a former key. @throws when it was sealed under none of them, or was changed */
export const openPosting = ({ id, sealed }: { id: string; sealed: string }, keys: readonly Buffer[]): Posting =>
  JSON.parse(unseal(sealed, keys, id).toString('utf8'));
