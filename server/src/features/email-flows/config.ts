import { oneOf } from '../../config/parsers.ts';
import { section } from '../../config/setting.ts';

/** What somebody can do whose address nobody has shown to be theirs: everything; everything but sign in; not even have an account. */
const modes = ['off', 'login', 'signup'] as const;
export type RequireVerifiedEmail = (typeof modes)[number];

export const emailFlowSettings = section('Proven e-mail addresses', {
  requireVerifiedEmail: {
    variable: 'REQUIRE_VERIFIED_EMAIL',
    parse: oneOf(...modes),
    fallback: (): RequireVerifiedEmail => 'off',
    example: 'off',
    reason:
      'What waits until an address is proven by a mail: nothing (off), signing in (login), or the account itself (signup), so that nobody learns which addresses have one.',
  },
});
