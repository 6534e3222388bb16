import { refusal } from './errors.ts';

/** Something was tried too often; who counts what is the throttle's. RFC 6585 §4. */
export const tooManyAttempts = refusal(
  'too-many-attempts',
  'throttled',
  'There were too many attempts; wait a while before the next one.',
  'Wait for the seconds in `Retry-After`. Attempts in between are refused and make the wait no longer. The answer is the same whether or not the account exists.',
);
