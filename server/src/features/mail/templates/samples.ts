import type { Letter, LetterData, Template } from '../letters.ts';

const username = 'ada';
const link = 'https://auth.example.com/mail/action#token=sample-token';
const code = undefined;
const at = Date.UTC(2026, 0, 31, 14, 5);
const asker = {
  at,
  ip: '192.0.2.7',
  device: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
};
const changed = { username, newEmail: 'ada@new.example.com' };
const notice = { username, resetLink: link, ...asker };

/** Data of every letter, for those who write templates. Codes are where a flow takes them. */
const samples: LetterData = {
  'verify-email': { username, link, code, minutes: 1_440 },
  'complete-sign-up': { username, link, code, minutes: 1_440 },
  'sign-up-taken': { username, resetLink: link },
  'reset-password': { username, link, code, minutes: 30 },
  'sign-in': { username, link, code: '246801', minutes: 10, ...asker },
  'confirm-email': { ...changed, link, code, minutes: 60 },
  'email-change-asked': { ...changed, resetLink: link, ...asker },
  'email-changed': { ...changed, undoLink: link, days: 7 },
  'email-replaced': { ...changed, resetLink: link },
  'email-set': { username, resetLink: link },
  'email-undone': { username, resetLink: link },
  invitation: { username, link, days: 7 },
  'new-device': notice,
  'password-removed': notice,
  'password-changed': notice,
  'sessions-ended': notice,
  'session-stolen': notice,
};

export const templates = Object.keys(samples) as Template[];

export const sampleLetter = (template: Template): Letter => ({ template, data: samples[template] }) as Letter;
