import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { createTestFolder } from '../../../test/support/folder.ts';
import { type SmtpReceiver, startSmtpReceiver, type Verdict } from '../../../test/support/smtp-receiver.ts';
import { parseSmtpUrl } from '../../config/smtp-url.ts';
import { MailAgainstPolicy, type Mailer, MailRefused, MailServerAway, type OutgoingMail } from '../../kernel/mailer.ts';
import { createComposeMail } from './compose-mail.ts';
import { createSmtpMailer, type SmtpTimeouts } from './smtp-mailer.ts';

const sender = {
  from: { name: 'Example', address: 'no-reply@example.com' },
  replyTo: { name: '', address: 'help@example.com' },
};

const mail: OutgoingMail = {
  id: 'A-b_0123456789012345vw',
  to: 'ada@example.org',
  subject: 'Grüße, Ada',
  text: 'Hello.',
  html: '<p>Hello.</p>',
  date: Date.UTC(2026, 0, 2, 3, 4, 5),
};

const hasty: SmtpTimeouts = { mailMs: 300, connectMs: 300, silenceMs: 300 };

function mailerTo(url: string, timeouts?: SmtpTimeouts): Mailer & Disposable {
  const options = timeouts === undefined ? { connections: 2 } : { connections: 2, timeouts };
  const mailer = createSmtpMailer(parseSmtpUrl(url), sender, options);
  return { ...mailer, [Symbol.dispose]: () => mailer.close() };
}

test('a mail arrives as it was written, from the sender, with an id by which a repeat is known, and marked as automatic', async () => {
  await using receiver = await startSmtpReceiver();
  using mailer = mailerTo(receiver.url);
  await mailer.send(mail);
  await mailer.send(mail);
  const [first, second] = receiver.mails;
  assert.ok(first && second);
  assert.deepEqual([first.sender, first.to], ['no-reply@example.com', ['ada@example.org']]);
  assert.deepEqual(first.from, sender.from);
  assert.deepEqual([first.subject, first.text, first.html], [mail.subject, `${mail.text}\n`, `${mail.html}\n`]);
  for (const { headers } of [first, second]) {
    assert.equal(headers.get('message-id'), `<${mail.id}@example.com>`);
    assert.equal(headers.get('idempotency-key'), mail.id);
    assert.equal(headers.get('auto-submitted'), 'auto-generated');
    assert.equal(headers.get('reply-to'), 'help@example.com');
    assert.equal(headers.get('date'), 'Fri, 02 Jan 2026 03:04:05 +0000');
  }
});

test('user and password are told to a server that asks, also with signs that a URL must escape', async () => {
  await using receiver = await startSmtpReceiver({ login: { user: 'keyward@example.com', password: 'p/w:@ %+' } });
  using mailer = mailerTo(receiver.url);
  await mailer.send(mail);
  assert.equal(receiver.mails.length, 1);
  using wrong = mailerTo(receiver.url.replace('%2B', 'x'));
  await assert.rejects(wrong.send(mail), (error: Error) => {
    assert.ok(error instanceof MailServerAway, 'no other mail would be taken either');
    assert.doesNotMatch(error.message, /p\/w|%2F/);
    return true;
  });
});

describe('header injection', () => {
  const attacks: Readonly<Record<string, Partial<OutgoingMail>>> = {
    'by a line break in the subject': { subject: 'Hi\r\nBcc: eve@example.net\r\n\r\n<b>body</b>' },
    'by a bare line feed in the subject': { subject: 'Hi\nBcc: eve@example.net' },
    'by a line separator of Unicode': { subject: 'Hi\u2028Bcc: eve@example.net\u0085X: y' },
  };
  for (const [how, change] of Object.entries(attacks)) {
    test(`${how} adds no header and no receiver`, async () => {
      await using receiver = await startSmtpReceiver();
      using mailer = mailerTo(receiver.url);
      await mailer.send({ ...mail, ...change });
      const [received] = receiver.mails;
      assert.deepEqual(received?.to, ['ada@example.org']);
      assert.equal(received?.headers.has('bcc'), false);
      assert.equal(received?.headers.has('x'), false);
      assert.match(received?.subject ?? '', /^Hi Bcc: eve/);
    });
  }

  for (const to of [
    'ada@example.org, eve@example.net',
    'ada@example.org\r\nRCPT TO:<eve@example.net>',
    'Ada <eve@example.net>',
    'ada@example.org eve@example.net',
    'group: ada@example.org;',
    '',
  ]) {
    test(`the address ${JSON.stringify(to)} is refused`, async () => {
      await using receiver = await startSmtpReceiver();
      using mailer = mailerTo(receiver.url);
      await assert.rejects(mailer.send({ ...mail, to }), MailRefused);
      assert.equal(receiver.mails.length, 0);
    });
  }

  test('nothing is read or fetched that a mail names', async () => {
    const compose = createComposeMail(sender);
    const source = await compose({ ...mail, html: '<img src="file:///etc/passwd"><img src="http://127.0.0.1:9/x">' });
    assert.match(source, /file:\/\/\/etc\/passwd/);
    assert.doesNotMatch(source, /root:/);
  });
});

test('the source is what a server gets, but for the boundary', async () => {
  await using receiver = await startSmtpReceiver();
  using mailer = mailerTo(receiver.url);
  await mailer.send(mail);
  const plain = (source = '') => source.replaceAll(/--_NmP-[\w-]+-Part_1/g, 'boundary');
  assert.equal(plain(await createComposeMail(sender)(mail)), plain(receiver.mails[0]?.source));
});

describe('what a failure means', () => {
  const isAboutThisMail = (it: unknown) => !(it instanceof MailRefused || it instanceof MailServerAway);
  const ofMail: readonly (readonly [string, Verdict, (error: unknown) => boolean])[] = [
    ['550 for its text or receiver: it is never taken', { refuse: 550 }, (it) => it instanceof MailRefused],
    ['552: never', { refuse: 552, text: 'too large' }, (it) => it instanceof MailRefused],
    ['451: perhaps later, and others may be taken', { refuse: 451 }, isAboutThisMail],
    ['421 at its receiver or text: so too, lest one mail keeps all others waiting', { refuse: 421 }, isAboutThisMail],
    ['a connection that breaks in the middle of it: so too', 'take-and-break', isAboutThisMail],
  ];
  for (const [what, verdict, isRight] of ofMail) {
    test(what, async () => {
      await using receiver = await startSmtpReceiver();
      receiver.judge(() => verdict);
      using mailer = mailerTo(receiver.url);
      await assert.rejects(mailer.send(mail), isRight);
      receiver.judge(() => 'take');
      await mailer.send(mail);
    });
  }

  test('nobody listens: away', async () => {
    const receiver = await startSmtpReceiver();
    await receiver.leave();
    using mailer = mailerTo(receiver.url);
    await assert.rejects(mailer.send(mail), MailServerAway);
    await receiver.comeBack();
    await mailer.send(mail);
    await receiver.leave();
  });

  const scripts: Readonly<
    Record<string, readonly [Record<string, string>, typeof MailRefused | typeof MailServerAway]>
  > = {
    'an unknown receiver: refused': [{ RCPT: '550 5.1.1 unknown' }, MailRefused],
    'a refused sender, who is the same for all mails: away': [{ MAIL: '550 5.7.1 not you' }, MailServerAway],
    'a greeting that sends one away: away': [{ greeting: '554 go away' }, MailServerAway],
    'a server that wants a login: away': [{ MAIL: '530 5.7.0 who are you' }, MailServerAway],
  };
  for (const [what, [answers, kind]] of Object.entries(scripts)) {
    test(what, async () => {
      await using server = await startScripted(answers);
      using mailer = mailerTo(server.url);
      await assert.rejects(mailer.send(mail), kind);
    });
  }

  test('a receiver who is refused for the server’s policy, as a relay does with all once it lets us in no longer: perhaps later', async () => {
    for (const answer of [
      '550 5.7.1 relaying denied',
      '554 5.7.1 blocked',
      '554-5.7.1 blocked\r\n554 5.7.1 see our page',
    ]) {
      await using server = await startScripted({ RCPT: answer });
      using mailer = mailerTo(server.url);
      await assert.rejects(mailer.send(mail), MailAgainstPolicy);
    }
    await using server = await startScripted({ DATA: '554 5.7.1 looks like spam' });
    using mailer = mailerTo(server.url);
    await assert.rejects(mailer.send(mail), MailRefused, 'this one was looked at');
  });

  test('an address that the server has no SMTPUTF8 for: refused, and others are taken', async () => {
    await using server = await startScripted({ MAIL: '550 5.6.7 no UTF-8 here' });
    using mailer = mailerTo(server.url);
    await assert.rejects(mailer.send({ ...mail, to: 'jürgen@example.org' }), MailRefused);
    await assert.rejects(mailer.send(mail), MailServerAway);
  });

  for (const [what, answers] of Object.entries<Record<string, string>>({
    'that never greets': { greeting: '' },
    'that stops in the middle': { DATA: '' },
  })) {
    test(`a server ${what} is left, and is away`, async () => {
      await using server = await startScripted(answers);
      using mailer = mailerTo(server.url, hasty);
      await assert.rejects(mailer.send(mail), MailServerAway);
    });
  }

  test('a server that drips its answer is left when the time for the whole is over', async () => {
    await using server = await startScripted({ DATA: 'drip' });
    using mailer = mailerTo(server.url, { ...hasty, connectMs: 5_000, silenceMs: 5_000 });
    await assert.rejects(mailer.send(mail), /took too long/);
  });

  test('whoever wants it to end need not wait for the server', async () => {
    await using receiver = await startSmtpReceiver();
    const asked = Promise.withResolvers<void>();
    receiver.judge(() => {
      asked.resolve();
      return new Promise(() => {});
    });
    using mailer = mailerTo(receiver.url);
    const end = new AbortController();
    const sending = mailer.send(mail, end.signal);
    await asked.promise;
    end.abort();
    await assert.rejects(sending, (error: unknown) => !(error instanceof MailServerAway));
  });
});

describe('TLS', () => {
  const withCertificate = (t: TestContext, story: (tls: { cert: string; key: string }) => Promise<void>) => {
    using folder = createTestFolder();
    const [key, cert] = [folder.file('key'), folder.file('cert')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    try {
      const options = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
      execFileSync('openssl', [...options, ...subject, '-keyout', key, '-out', cert], { stdio: 'pipe' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      t.skip('NOT RUN: no openssl on this machine (Debian: apt-get install openssl)');
      return;
    }
    return story({ cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') });
  };
  const sent = async (receiver: SmtpReceiver, url = receiver.url) => {
    using mailer = mailerTo(url);
    await mailer.send(mail);
    return receiver.mails.at(-1)?.secure;
  };

  test('is used where it is offered, from the first byte with smtps, and demanded where it must be', async (t) => {
    await withCertificate(t, async (tls) => {
      await using offering = await startSmtpReceiver({ tls });
      assert.equal(await sent(offering), true);
      assert.equal(await sent(offering, `${offering.url}?tls=required`), true);
      assert.equal(await sent(offering, `${offering.url}?tls=off`), false);
      await using implicit = await startSmtpReceiver({ tls: { ...tls, implicit: true } });
      assert.equal(await sent(implicit), true);
    });
  });

  test('that somebody in between hides is missed: no mail, and no password, goes over a bare connection', async () => {
    await using receiver = await startSmtpReceiver({ login: { user: 'ada', password: 'secret' } });
    using mailer = mailerTo(`${receiver.url}?tls=required`);
    await assert.rejects(mailer.send(mail), MailServerAway);
    assert.equal(receiver.mails.length, 0);
  });

  test('a certificate that nobody vouches for is refused beyond this machine', async (t) => {
    await withCertificate(t, async (tls) => {
      await using receiver = await startSmtpReceiver({ tls });
      const server = { ...parseSmtpUrl(receiver.url), verified: true };
      const mailer = createSmtpMailer(server, sender, { connections: 1 });
      await assert.rejects(mailer.send(mail), MailServerAway);
      assert.equal(receiver.mails.length, 0);
      mailer.close();
    });
  });
});

/** A server that answers each command with a line of its own: `''` is silence, `drip` a sign now and then. */
async function startScripted(answers: Readonly<Record<string, string>>): Promise<{ url: string } & AsyncDisposable> {
  const sockets = new Set<Socket>();
  const timers: NodeJS.Timeout[] = [];
  const say = (socket: Socket, line: string) => {
    if (line === 'drip') timers.push(setInterval(() => socket.write('3'), 20));
    else if (line !== '') socket.write(`${line}\r\n`);
  };
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    say(socket, answers.greeting ?? '220 hello');
    socket.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\r\n').filter(Boolean)) {
        const [command = ''] = line.split(' ');
        say(socket, answers[command] ?? (command === 'DATA' ? '354 go on' : '250 ok'));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `smtp://127.0.0.1:${(server.address() as { port: number }).port}`,
    async [Symbol.asyncDispose]() {
      for (const timer of timers) clearInterval(timer);
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
