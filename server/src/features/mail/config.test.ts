import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadAppConfig } from '../../app/config.ts';
import { SettingError } from '../../config/setting.ts';
import { mailAddress } from './config.ts';

const production = {
  NODE_ENV: 'production',
  SECRET_KEY: 'a secret key for tests that is long enough',
  PUBLIC_URL: 'https://auth.example.com',
};
const faultsOf = (environment: Record<string, string>) => {
  const config = loadAppConfig({ environment, readFile: () => 'smtp://ada:from-a-file@smtp.example.com\n' });
  return config.ok ? config.values.mail : config.faults.map(({ variable }) => variable);
};

describe('a sender', () => {
  for (const [raw, name, address] of [
    ['no-reply@example.com', '', 'no-reply@example.com'],
    ['<no-reply@example.com>', '', 'no-reply@example.com'],
    ['Grüße & Co <no-reply@example.com>', 'Grüße & Co', 'no-reply@example.com'],
    ['"Example, Inc." <a.b+c@mail.example.co.uk>', 'Example, Inc.', 'a.b+c@mail.example.co.uk'],
    ['keyward@localhost', '', 'keyward@localhost'],
  ] as const) {
    test(`may be ${raw}`, () => assert.deepEqual(mailAddress(raw), { name, address }));
  }
  for (const raw of [
    'example.com',
    'a@b@example.com',
    'Example no-reply@example.com',
    'A <a@example.com>, B <b@example.com>',
    'a@example.com, b@example.com',
    'a@-example.com',
    'a@example..com',
    'a@example.com\r\nBcc: eve@example.net',
    'A <a@example.com> <b@example.com>',
    'a b@example.com',
  ]) {
    test(`must not be ${JSON.stringify(raw)}`, () => assert.throws(() => mailAddress(raw), SettingError));
  }
});

describe('the settings of mail', () => {
  test('want a sender with a server', () => {
    assert.deepEqual(faultsOf({ SMTP_URL: 'smtp://localhost' }), ['MAIL_FROM']);
    assert.ok(!Array.isArray(faultsOf({ SMTP_URL: 'smtp://localhost', MAIL_FROM: 'a@example.com' })));
  });

  test('take the server from a file, as it holds a password', () => {
    const mail = faultsOf({ SMTP_URL_FILE: '/run/secrets/smtp', MAIL_FROM: 'a@example.com' });
    assert.ok(!Array.isArray(mail));
    assert.equal(mail.smtpServer?.login?.password.reveal(), 'from-a-file');
  });

  test('show the mailbox in development alone, and links in production by https alone', () => {
    const mailboxOf = (environment: Record<string, string>) => {
      const mail = faultsOf(environment);
      return Array.isArray(mail) ? mail : mail.devMailbox;
    };
    assert.deepEqual([mailboxOf({}), mailboxOf({ DEV_MAILBOX: 'off' }), mailboxOf(production)], [true, false, false]);
    const unsafe = { ...production, DEV_MAILBOX: 'on', MAIL_LINK_BASE: 'http://app.example.com' };
    assert.deepEqual(faultsOf(unsafe), ['MAIL_LINK_BASE', 'DEV_MAILBOX']);
  });
});
