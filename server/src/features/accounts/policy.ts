import type { Instant } from '../../kernel/clock.ts';
import type { FieldError } from '../../kernel/errors.ts';

/** Longest reason for which somebody is disabled, in code points. */
const maxReasonLength = 500;

/** What is wrong with a disability that is to begin now; empty when nothing is. */
export function checkDisability(
  { reason = '', until }: { readonly reason?: string | undefined; readonly until?: Instant | undefined },
  now: Instant,
): FieldError[] {
  const faults: FieldError[] = [];
  if ([...reason].length > maxReasonLength || /\p{Cc}/u.test(reason)) {
    const detail = `Use at most ${maxReasonLength} characters on one line, without control characters.`;
    faults.push({ pointer: '/reason', detail });
  }
  if (until !== undefined && until <= now) {
    faults.push({ pointer: '/until', detail: 'Give an instant that is still to come.' });
  }
  return faults;
}
