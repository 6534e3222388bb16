import { refusal } from './errors.ts';

/** The one refusal of input that was read but breaks a rule: by a schema at the edge, or by a policy further in. */
export const validationFailed = refusal(
  'validation-failed',
  'invalid',
  'The request does not fit what this endpoint takes.',
  'Each entry of `errors` has a JSON `pointer` to the field and says in `detail` what is wrong with it. Correct these fields and send the request again.',
);
