import { AnyText } from '../../http/text.ts';

/**
 * Bounds what is read at all; the policy of new passwords is stricter and says why. No more than what a password may ever have:
 * normalising takes time that grows with the square of a run of combining marks.
 */
const maxRawPasswordLength = 1_024;

/** A password in the body of a request. */
export const PasswordText = AnyText({
  max: maxRawPasswordLength,
  description: 'Length counts in characters after NFKC; nothing is cut.',
});
