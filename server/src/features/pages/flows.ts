import type { Purpose } from '../../kernel/purpose.ts';

/** What a page asks for beside the token. */
export type Need =
  /** Nothing: a click will do. */
  | 'click'
  | 'new-password'
  /** The password of the sign-up, or a new one. */
  | 'sign-up-password'
  /** A click; and where the server says that the account is to be proven, its password or a new one. */
  | 'click-first'
  /** The same, without a new one: who does not know the password has nothing to do here. */
  | 'click-or-password';

interface PageFlow {
  /** Where the token is posted to. */
  readonly endpoint: string;
  readonly need: Need;
  /** Where the page asks whose account it is, as soon as it is open: somebody else may have sent the link on. */
  readonly whoseEndpoint?: string;
  /** Where one asks for the mail, on a page that was opened without a token. */
  readonly askEndpoint?: string;
  /** Whether the mail also holds a code, which goes to the endpoint with the address. */
  readonly takesCode?: true;
}

/** The addresses are relative, so that the pages work behind a path prefix. */
export const flows: Readonly<Record<Purpose, PageFlow>> = {
  'verify-email': { endpoint: '../email/verify', need: 'click-first', askEndpoint: '../email/verification' },
  'complete-sign-up': { endpoint: '../signup/complete', need: 'sign-up-password' },
  'reset-password': { endpoint: '../password/reset', need: 'new-password', askEndpoint: '../password/forgot' },
  'sign-in': {
    endpoint: '../login/email/verify',
    need: 'click',
    whoseEndpoint: '../login/email/account',
    askEndpoint: '../login/email',
    takesCode: true,
  },
  'confirm-email': { endpoint: '../email/confirm', need: 'click-or-password' },
  'undo-email': { endpoint: '../email/undo', need: 'click' },
  'accept-invitation': { endpoint: '../invitations/accept', need: 'new-password' },
};

export const linkActions = Object.keys(flows) as Purpose[];
