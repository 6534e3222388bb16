import type { LanguageWords } from './words.ts';

const ignore = 'ignore this mail';

export const english: LanguageWords = {
  tag: 'en-GB',
  subject: (brand, title) => `${brand}: ${title}`,
  greeting: (name) => `Hello ${name},`,
  label: (what) => `${what}:`,
  orCode: 'Or type this code where you are asked for it:',
  orAddress: 'If the button does not work, copy this address into your browser:',
  at: 'When',
  ip: 'From',
  device: 'Device',
  instant: (date, time) => `${date} at ${time} (UTC)`,
  deviceName: (browser, system) =>
    browser !== undefined && system !== undefined ? `${browser} on ${system}` : (browser ?? system ?? 'unknown'),
  support: (contact) => `Any questions? Ask here: ${contact}`,
  letters: {
    'verify-email': ({ brand, life }) => ({
      title: 'Confirm your e-mail address',
      opening: [`Please confirm that this is your address, so that your account at ${brand} can use it.`],
      action: 'Confirm address',
      closing: [
        `You have ${life} to do so; after that, simply ask for a new mail.`,
        `If you do nothing, the address stays unconfirmed. If you have no account at ${brand}, ${ignore}: somebody has probably mistyped theirs.`,
      ],
      why: `You get this mail because this address was given for an account at ${brand}.`,
    }),
    'complete-sign-up': ({ brand, life }) => ({
      title: 'Complete your sign-up',
      opening: [`One step is left to your account at ${brand}: please confirm that this is your address.`],
      action: 'Complete sign-up',
      closing: [
        `You have ${life} to do so; after that, simply sign up again.`,
        `If you do nothing, no account is made. If it was not you who signed up, ${ignore}.`,
      ],
      why: `You get this mail because somebody signed up at ${brand} with this address.`,
    }),
    'sign-up-taken': ({ brand }) => ({
      title: 'You have an account already',
      opening: [
        `Somebody, probably you, has just tried to sign up at ${brand} with this address. It has an account already, so no other was made. Sign in as usual.`,
      ],
      advice: 'If you have forgotten your password, choose a new one:',
      action: 'Choose a new password',
      closing: [
        'If it was not you, there is nothing to do: nothing about your account has changed, and whoever tried was not told that it exists.',
      ],
      why: `You get this mail because you have an account at ${brand} with this address.`,
    }),
    'reset-password': ({ brand, life }) => ({
      title: 'Choose a new password',
      opening: [`A new password was asked for, for your account at ${brand}: by you, or by an administrator for you.`],
      action: 'Choose a new password',
      closing: [
        `You have ${life} to do so; after that, simply ask for a new mail. With the new password all devices are signed out.`,
        `If you do nothing, your password stays as it is. If you did not expect this, ${ignore}: without it nobody can change anything.`,
      ],
      why: `You get this mail because you have an account at ${brand} with this address.`,
    }),
    'sign-in': ({ brand, life }) => ({
      title: 'Your sign-in',
      opening: [`Somebody, hopefully you, wants to sign in to your account at ${brand}.`],
      action: 'Sign in',
      closing: [
        `This works once, and for ${life}. Do not pass it on to anybody: whoever has it can sign in as you. We never ask for it.`,
        `If you do nothing, nobody is signed in. If it was not you who asked, ${ignore}.`,
      ],
      why: `You get this mail because you have an account at ${brand} with this address.`,
    }),
    'confirm-email': ({ brand, new_email, life }) => ({
      title: 'Confirm your new e-mail address',
      opening: [
        `Your account at ${brand} is to have the address ${new_email} from now on. Please confirm that it is yours.`,
      ],
      action: 'Confirm new address',
      closing: [
        `You have ${life} to do so; after that, begin the change again.`,
        `If you do nothing, the account keeps the address that it has. If you know nothing of this, ${ignore}: somebody has probably mistyped theirs.`,
      ],
      why: `You get this mail because this address was given for an account at ${brand}.`,
    }),
    'email-change-asked': ({ brand, new_email }) => ({
      title: 'Your e-mail address is to change',
      opening: [
        `Somebody who is signed in to your account at ${brand} wants to change its e-mail address to ${new_email}. Nothing has changed yet: that address must be confirmed first.`,
      ],
      advice:
        'If it was you, there is nothing to do here. If not, choose a new password at once; that signs all devices out.',
      action: 'Choose a new password',
      closing: ['When the change is done, we write to you once more, with a link to undo it.'],
      why: `You get this mail because your account at ${brand} has this address.`,
    }),
    'email-changed': ({ brand, new_email, life }) => ({
      title: 'Your e-mail address has changed',
      opening: [`Your account at ${brand} now has the address ${new_email}. This one no longer belongs to it.`],
      advice: 'If it was you, there is nothing to do. If not, undo the change at once:',
      action: 'Undo the change',
      closing: [`You have ${life} to do so. If you do nothing, the change stays.`],
      why: `You get this mail because your account at ${brand} had this address until now.`,
    }),
    'email-replaced': ({ brand, new_email }) => ({
      title: 'Your account has another address now',
      opening: [
        `An administrator of ${brand} has given your account the address ${new_email}. This one no longer belongs to it.`,
      ],
      advice:
        'If you know of it, there is nothing to do: sign in with the new address from now on. By that address you can also choose a new password:',
      action: 'Choose a new password',
      closing: [`If you did not expect this, ask an administrator of ${brand}: only they can change it back.`],
      why: `You get this mail because an account at ${brand} had this address until now.`,
    }),
    'email-set': ({ brand }) => ({
      title: 'Your account has this address now',
      opening: [`An administrator of ${brand} has given your account this address.`],
      advice: 'If you know of it, there is nothing to do. By this address you can choose a new password at any time:',
      action: 'Choose a new password',
      closing: [`If you have no account at ${brand}, ${ignore}, or tell the administrator that the address is yours.`],
      why: `You get this mail because an account at ${brand} has this address now.`,
    }),
    'email-undone': ({ brand }) => ({
      title: 'The change of an e-mail address was undone',
      opening: [
        `An account at ${brand} had this address for a while. Whoever reads its former address has taken the change back, so this one belongs to it no longer.`,
      ],
      advice: 'If that account is yours, choose a new password by its former address:',
      action: 'Choose a new password',
      closing: ['If you know nothing of it, there is nothing to do.'],
      why: `You get this mail because an account at ${brand} had this address until now.`,
    }),
    invitation: ({ brand, life }) => ({
      title: 'You are invited',
      opening: [`An administrator of ${brand} has made an account for you. Choose a password, and it is yours.`],
      action: 'Accept the invitation',
      closing: [
        `You have ${life} to do so; after that, ask the administrator for a new invitation.`,
        `If you do nothing, nobody can sign in to that account. If you did not expect this, ${ignore}.`,
      ],
      why: `You get this mail because an administrator of ${brand} has invited this address.`,
    }),
    'new-device': ({ brand }) => ({
      title: 'A new device has signed in',
      opening: [`Somebody has just signed in to your account at ${brand} on a device that it does not know yet.`],
      advice:
        'If it was you, there is nothing to do. If not, choose a new password at once; that signs all devices out.',
      action: 'Choose a new password',
      closing: ['If you do nothing, the device stays signed in.'],
      why: `You get this mail because you have an account at ${brand} with this address.`,
    }),
    'password-removed': ({ brand }) => ({
      title: 'Your password has been removed',
      opening: [
        `The account at ${brand} is shown to be yours. Somebody else may know the password that it had until now, so that is worth nothing any more, and all devices that were signed in before are signed out.`,
      ],
      advice: 'To sign in with a password again, choose a new one:',
      action: 'Choose a new password',
      closing: ['If you do nothing, no password lets in.'],
      why: `You get this mail because you have an account at ${brand} with this address.`,
    }),
    'password-changed': ({ brand }) => ({
      title: 'Your password has been changed',
      opening: [`The password of your account at ${brand} has just been changed.`],
      advice: 'If it was you, there is nothing to do. If not, choose a new one at once; that signs all devices out.',
      action: 'Choose a new password',
      closing: ['If you do nothing, only the new password lets in.'],
      why: `You get this mail because you have an account at ${brand} with this address.`,
    }),
    'sessions-ended': ({ brand }) => ({
      title: 'All devices have been signed out',
      opening: [`Your account at ${brand} has just been signed out on all devices. Sign in again as usual.`],
      advice: 'If you know why, there is nothing to do. If not, choose a new password to be safe:',
      action: 'Choose a new password',
      closing: ['If you do nothing, your password stays as it is.'],
      why: `You get this mail because you have an account at ${brand} with this address.`,
    }),
    'session-stolen': ({ brand }) => ({
      title: 'We have signed a device out for your safety',
      opening: [
        `A sign-in to your account at ${brand} was used twice over, as if somebody had copied it from your device. We have ended it on that device; others stay signed in.`,
      ],
      advice: 'You can simply sign in again. To be safe, choose a new password; that signs all devices out.',
      action: 'Choose a new password',
      closing: [
        'If you do nothing, the copy is worthless all the same. If this happens again, have the device checked for malicious software.',
      ],
      why: `You get this mail because you have an account at ${brand} with this address.`,
    }),
  },
};
