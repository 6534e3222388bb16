import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Secret } from '../kernel/secret.ts';
import { type BannerFacts, banner, bannerJson } from './banner.ts';
import { version } from './version.ts';

const facts: BannerFacts = {
  mode: 'production',
  address: 'http://0.0.0.0:8000',
  publicUrl: 'https://auth.example.com',
  database: {
    engine: 'postgres',
    host: 'db',
    port: 5432,
    user: 'keyward',
    password: new Secret('hunter2 hunter2'),
    database: 'keyward',
    options: {},
  },
  madeSecretKey: undefined,
  setupToken: undefined,
};
const firstStart: BannerFacts = {
  ...facts,
  mailbox: 'http://localhost:8000/dev/mail',
  mode: 'development',
  madeSecretKey: 'data/secret-key',
  setupToken: { token: new Secret('the-token'), path: 'data/setup-token' },
};

describe('the banner', () => {
  test('says version, mode, database, address and documentation', () => {
    assert.equal(
      banner(facts),
      `Keyward ${version} (production)
  Database  postgres://keyward@db:5432/keyward
  Address   http://0.0.0.0:8000  (public: https://auth.example.com)
  Docs      https://auth.example.com/docs
`,
    );
  });

  test('names one address where both are the same', () => {
    assert.equal(banner({ ...facts, publicUrl: facts.address }).includes('public:'), false);
  });

  test('at the first start it tells of the key that was made, and how to become the first administrator', () => {
    const text = banner(firstStart);
    assert.match(text, /Made a key of its own in data\/secret-key; production wants SECRET_KEY/);
    assert.match(text, /Within 30 minutes.*\(also in data\/setup-token\):\n {4}the-token\n/);
    assert.match(text, /curl https:\/\/auth\.example\.com\/setup .*\n.*"setup_token":"the-token"/);
    assert.match(text, /npm run keyward -- user create --admin --email you@example\.com --username admin\n$/);
  });

  test('names the mailbox of mails that nobody sends, where there is one', () => {
    assert.match(banner(firstStart), /^ {2}Mails {5}http:\/\/localhost:8000\/dev\/mail {2}\(none is sent/m);
    assert.doesNotMatch(banner(facts), /Mails/);
  });

  test('says the same to a program', () => {
    assert.deepEqual(bannerJson(firstStart), {
      status: 'listening',
      version,
      mode: 'development',
      database: 'postgres://keyward@db:5432/keyward',
      address: 'http://0.0.0.0:8000',
      public_url: 'https://auth.example.com',
      docs: 'https://auth.example.com/docs',
      mailbox: 'http://localhost:8000/dev/mail',
      made_secret_key: 'data/secret-key',
      setup_token: { token: 'the-token', file: 'data/setup-token' },
    });
    assert.equal((bannerJson(facts) as { setup_token: unknown }).setup_token, null);
  });
});
