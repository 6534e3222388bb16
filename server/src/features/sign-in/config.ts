import { boolean } from '../../config/parsers.ts';
import { section } from '../../config/setting.ts';

export const signInSettings = section('Sign-in', {
  byEmail: {
    variable: 'SIGN_IN_BY_EMAIL',
    parse: boolean,
    fallback: () => true,
    example: 'on',
    reason: 'Whether users may sign in by a link or a code that is sent to their address, without their password.',
  },
});
