import type { RequestOrigin } from '../../kernel/origin.ts';
import type { AskProof } from '../email-flows/index.ts';
import { signInByEmailOff } from './errors.ts';

/** Sends a mail to sign in with, where that is allowed. @throws signInByEmailOff, mailNotConfigured, tooManyAttempts */
export type AskSignInMail = (email: string, origin: RequestOrigin) => Promise<void>;

export const createAskSignInMail =
  ({ byEmail, askProof }: { byEmail: boolean; askProof: AskProof }): AskSignInMail =>
  async (email, origin) => {
    if (!byEmail) throw signInByEmailOff();
    await askProof({ purpose: 'sign-in', email, origin });
  };
