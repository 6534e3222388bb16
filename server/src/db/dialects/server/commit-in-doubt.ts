import type { DomainError } from '../../../kernel/errors.ts';
import { outcomeUnknown } from '../../unavailable.ts';

/**
 * A commit was under way when the connection broke: it may have happened or not. Running it again could do it twice, and saying that
 * nothing was changed could be a lie.
 */
export const commitInDoubt = (cause: unknown): DomainError => outcomeUnknown({ retryAfterSeconds: 1, cause });
