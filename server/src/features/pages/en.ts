import type { PageLanguage } from './words.ts';

const sent =
  'If there is an account with this address, a mail is on its way. It may take a minute; look into the spam folder, too.';

export const english: PageLanguage = {
  tag: 'en-GB',
  pages: {
    'verify-email': {
      title: 'Confirm your e-mail address',
      intro: 'This confirms that the address to which the mail was sent is yours.',
      action: 'Confirm address',
      done: 'Your e-mail address is confirmed. You can close this page.',
      ask: {
        intro: 'Give your e-mail address, and we send you a mail with a link to confirm it.',
        action: 'Send mail',
        sent: 'If this address waits to be confirmed, a mail is on its way. It may take a minute; look into the spam folder, too.',
      },
    },
    'complete-sign-up': {
      title: 'Complete your sign-up',
      intro: 'This confirms your address and makes your account.',
      action: 'Complete sign-up',
      done: 'Your account is ready, and you are signed in. You can close this page.',
    },
    'reset-password': {
      title: 'Choose a new password',
      intro: 'With the new password all devices are signed out.',
      action: 'Save new password',
      done: 'Your new password holds from now on. Sign in with it as usual; you can close this page.',
      ask: {
        intro: 'Give your e-mail address, and we send you a mail with a link to choose a new password.',
        action: 'Send mail',
        sent,
      },
    },
    'sign-in': {
      title: 'Sign in',
      intro: 'This signs you in on this device.',
      action: 'Sign in',
      done: 'You are signed in. You can close this page.',
      ask: {
        intro: 'Give your e-mail address, and we send you a mail with a link and a code. You need no password.',
        action: 'Send mail',
        sent,
      },
    },
    'confirm-email': {
      title: 'Confirm your new e-mail address',
      intro: 'From then on your account has the address to which the mail was sent. Other devices are signed out.',
      action: 'Confirm new address',
      done: 'Your account has the new address. From now on sign in with it; you can close this page.',
    },
    'undo-email': {
      title: 'Undo the change of your e-mail address',
      intro:
        'Your account gets its former address back. All devices are signed out, and the password is removed, since somebody else may know it.',
      action: 'Undo the change',
      done: 'Your account has its former address again. We have sent a mail there, with a link to choose a new password.',
    },
    'accept-invitation': {
      title: 'Accept the invitation',
      intro: 'Choose a password, and the account is yours.',
      action: 'Accept the invitation',
      done: 'The account is yours, and you are signed in. You can close this page.',
    },
  },
  noToken:
    'This page needs the link from the mail: open it there once more. After reloading the page it is needed again.',
  askAgain: 'Ask for a new mail',
  noScript:
    'This page needs JavaScript, so that opening it alone changes nothing. Allow it for this page and reload, or open the link in another browser.',
  whose: 'The account is that of',
  email: 'E-mail address',
  code: 'Code from the mail',
  codeIntro: 'Open the link in the mail, or type its code of six digits here:',
  codeAction: 'Sign in with the code',
  password: 'Password',
  newPassword: 'New password',
  showPassword: 'Show password',
  rules: 'At least % characters, of any kind. Several words in a row are good and easy to remember.',
  ofAccount: {
    question: 'Is the account yours?',
    known: 'Yes, and I know its password',
    chosen: 'I choose a new password: an earlier one is then worth nothing, and all devices are signed out',
  },
  ofSignUp: {
    question: 'Which password is the account to have?',
    known: 'The one that was chosen at sign-up',
    chosen: 'A new one',
  },
  working: 'One moment …',
  fillIn: 'Please fill in this field.',
  codes: {
    'invalid-one-time-token': 'This link or code is no longer good: it was used, is too old, or there is a newer mail.',
    'proof-of-account-needed':
      'The link shows that the address is yours. Please also show that the account is, since somebody else may have made it.',
    'current-password-wrong': 'This is not the password of the account.',
    'email-taken': 'There is an account with this address already.',
    'username-taken': 'Somebody else has taken this username in the meantime. Please sign up again with another.',
    'sign-in-by-email-off': 'Signing in by mail is switched off here.',
    'mail-not-configured': 'No mails are sent here. Please ask those who run this service.',
    'cross-site-request': 'This did not come from a page of the server. Please open the link from the mail once more.',
    'validation-failed': 'Please look at what you have filled in.',
    'too-many-attempts': 'There were too many attempts.',
    overloaded: 'The server has too much to do right now.',
    'attempts-uncounted': 'This does not work right now. Nothing was changed.',
    'database-unavailable': 'This does not work right now. Nothing is lost.',
    'database-moved': 'The service is being moved. Please try again in a moment.',
    'outcome-unknown': 'It is not certain whether this was done. Please look before you do it again.',
    'internal-error': 'Something went wrong on our side.',
  },
  reasons: {
    tooShort: 'Use at least % characters.',
    tooLong: 'Use at most % characters.',
    common: 'This is one of the commonest passwords. Choose one that is harder to guess.',
    ownName: 'This is your own name or e-mail address, or little more. Choose one that is harder to guess.',
    breached: 'This password is known from a data breach. Choose one that you use nowhere else.',
  },
  wait: 'Please try again in % seconds.',
  unreachable: 'The server cannot be reached. Nothing is lost: try again in a moment.',
};
