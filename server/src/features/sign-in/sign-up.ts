import type { Database } from '../../db/database.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { CreateAccount, NewAccount } from '../accounts/index.ts';
import {
  type BeginSignUp,
  mailCounters,
  type PassMail,
  type PostProof,
  type RequireVerifiedEmail,
} from '../email-flows/index.ts';
import { findLocale } from '../mail/index.ts';
import type { IssueTokens, SessionUser } from '../sessions/index.ts';
import { sourceOf } from '../throttle/index.ts';
import type { CompleteSignIn, SignedIn } from './complete-sign-in.ts';
import type { PrepareAccount } from './prepare-account.ts';

export interface SignUpCommand {
  readonly account: NewAccount;
  readonly origin: RequestOrigin;
  readonly clientId: string;
}

/** What a sign-up has come to: by `REQUIRE_VERIFIED_EMAIL` signed in, or an account that waits for its mail, or a mail alone. */
export type SignUpOutcome =
  | { readonly kind: 'signed-in'; readonly tokens: SignedIn }
  | { readonly kind: 'to-be-verified'; readonly user: SessionUser }
  | { readonly kind: 'to-be-completed' };

/** @throws validationFailed, emailTaken, usernameTaken, tooManyAttempts, overloaded */
export type SignUp = (command: SignUpCommand) => Promise<SignUpOutcome>;

/** Makes an account, posts the mail that verifies its address, and signs it in: all or nothing. */
export function createSignUp(deps: {
  db: Database;
  clock: Clock;
  createAccount: CreateAccount;
  prepareAccount: PrepareAccount;
  passMail: PassMail;
  postProof: PostProof;
  beginSignUp: BeginSignUp;
  completeSignIn: CompleteSignIn;
  issueTokens: IssueTokens;
  requireVerifiedEmail: RequireVerifiedEmail;
}): SignUp {
  const { db, clock, createAccount, prepareAccount, passMail, postProof, beginSignUp } = deps;
  const { completeSignIn, issueTokens, requireVerifiedEmail: required } = deps;

  const begin = async ({ account, origin }: SignUpCommand): Promise<SignUpOutcome> => {
    const counters = mailCounters({ email: account.email, ip: origin.ip, flow: 'complete-sign-up' });
    const prepared = await prepareAccount(account, sourceOf(origin.ip), counters);
    await db.transact((tx) => beginSignUp(tx, prepared, origin));
    return { kind: 'to-be-completed' };
  };

  const make = async ({ account, origin, clientId }: SignUpCommand): Promise<SignUpOutcome> => {
    const prepared = await prepareAccount(account, sourceOf(origin.ip));
    const [at, { username, email }] = [clock.now(), prepared];
    const locale = findLocale(origin.languages);
    // Counted with those that are asked for: an account can be deleted and made anew.
    const mayPost = await passMail({ email, flow: 'sign-up' });
    const made = await db.transact(async (tx) => {
      const how = { admin: false, how: 'sign-up', locale, at, ip: origin.ip };
      const id = await createAccount.insert(tx, prepared, how);
      const user = { id, username, email, locale };
      if (mayPost) await postProof(tx, { purpose: 'verify-email', user, email, origin });
      if (required !== 'off') return { id, grant: undefined };
      return { id, grant: await completeSignIn(tx, id, { proof: 'sign-up', origin, clientId }) };
    });
    if (made.grant === undefined) return { kind: 'to-be-verified', user: { id: made.id, username, email } };
    const tokens = await issueTokens(made.grant);
    return { kind: 'signed-in', tokens: { ...tokens, proven: { userId: made.id, changedAt: at } } };
  };

  return (command) => (required === 'signup' ? begin(command) : make(command));
}
