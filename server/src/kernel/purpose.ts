/**
 * What a link in a mail is for: what its token is good for, and the last part of the path of its page. What was made for one purpose does
 * not serve another.
 */
export type Purpose =
  | 'verify-email'
  | 'complete-sign-up'
  | 'reset-password'
  | 'sign-in'
  | 'confirm-email'
  | 'undo-email'
  | 'accept-invitation';
