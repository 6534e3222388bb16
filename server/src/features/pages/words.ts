import type { Purpose } from '../../kernel/purpose.ts';

/** What a page says, in one language. */
export interface PageWords {
  readonly title: string;
  /** What the button does, before it is pressed. */
  readonly intro: string;
  readonly action: string;
  /** When it is done. */
  readonly done: string;
  /** Where the mail can be asked for on a page that was opened without a token. */
  readonly ask?: AskWords;
}

export interface AskWords {
  readonly intro: string;
  readonly action: string;
  /** Whether or not there is an account: the page does not know either. */
  readonly sent: string;
}

/** The pages on which one can ask for the mail. */
type AskAction = 'verify-email' | 'reset-password' | 'sign-in';

/** Codes of refusals that a reader of these pages can meet; any other is told in the words of the server. */
type KnownCode =
  | 'invalid-one-time-token'
  | 'proof-of-account-needed'
  | 'current-password-wrong'
  | 'email-taken'
  | 'username-taken'
  | 'sign-in-by-email-off'
  | 'mail-not-configured'
  | 'cross-site-request'
  | 'validation-failed'
  | 'too-many-attempts'
  | 'overloaded'
  | 'attempts-uncounted'
  | 'database-unavailable'
  | 'database-moved'
  | 'outcome-unknown'
  | 'internal-error';

/** Why the server takes no password. */
export interface PasswordReasons {
  readonly tooShort: string;
  readonly tooLong: string;
  readonly common: string;
  readonly ownName: string;
  readonly breached: string;
}

/** A choice between a password that there is and a new one. */
export interface ChoiceWords {
  readonly question: string;
  readonly known: string;
  readonly chosen: string;
}

/** Everything that a language must say: what is missing does not compile. In sentences `%` stands for a number. */
export interface PageLanguage {
  readonly tag: string;
  readonly pages: { readonly [A in Purpose]: PageWords } & {
    readonly [A in AskAction]: { readonly ask: AskWords };
  };
  /** Where there is no token, and no mail can be asked for here. */
  readonly noToken: string;
  readonly askAgain: string;
  readonly noScript: string;
  /** Before the address of the account that a link signs in to. */
  readonly whose: string;
  readonly email: string;
  readonly code: string;
  readonly codeIntro: string;
  readonly codeAction: string;
  readonly password: string;
  readonly newPassword: string;
  readonly showPassword: string;
  /** The rules of new passwords, as `GET /password-policy` has them. */
  readonly rules: string;
  readonly ofAccount: ChoiceWords;
  readonly ofSignUp: ChoiceWords;
  readonly working: string;
  readonly fillIn: string;
  readonly codes: { readonly [C in KnownCode]: string };
  readonly reasons: PasswordReasons;
  /** Behind a refusal that passes by itself. */
  readonly wait: string;
  readonly unreachable: string;
}
