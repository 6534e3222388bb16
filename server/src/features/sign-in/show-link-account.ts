import type { FindOwner } from '../email-flows/index.ts';
import type { OneTimeCodes } from '../one-time-codes/index.ts';
import { signInByEmailOff } from './errors.ts';

/**
 * Whose account a link would sign in to, so that whoever opens it can see that before they go on: somebody may have sent them a link of
 * their own, to have them use an account that they share without knowing (login CSRF; CWE-352). The link is only looked at. In full, since
 * two addresses could be masked alike; who has the token can have all of the account anyway.
 *
 * @throws signInByEmailOff, invalidOneTimeToken, tooManyAttempts
 */
export type ShowLinkAccount = (link: { readonly token: string; readonly ip: string }) => Promise<{ email: string }>;

export function createShowLinkAccount(deps: {
  byEmail: boolean;
  oneTimeCodes: OneTimeCodes;
  findOwner: FindOwner;
}): ShowLinkAccount {
  const { byEmail, oneTimeCodes, findOwner } = deps;
  return async ({ token: text, ip }) => {
    if (!byEmail) throw signInByEmailOff();
    const token = await oneTimeCodes.find('sign-in', { token: text }, ip);
    const { email } = await findOwner(token);
    return { email };
  };
}
