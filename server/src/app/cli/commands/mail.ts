import { type MailRecord, mailStates } from '../../../features/mail/index.ts';
import { iso, isoOrNull } from '../../../kernel/clock.ts';
import {
  argument,
  type Command,
  type CommandInput,
  choice,
  type Output,
  optionalText,
  tableText,
  UsageError,
  type World,
} from '../command.ts';
import { printable } from './session.ts';

export const mailCommands: readonly Command[] = [
  {
    words: ['mail', 'list'],
    usage: '[--state waiting|sent|given-up] [--limit N]',
    summary: 'list the outbox, the newest first: 50 unless --limit says otherwise',
    options: { state: { type: 'string' }, limit: { type: 'string' } },
    needs: 'world',
    run: listMails,
  },
  {
    words: ['mail', 'show'],
    usage: '<id>',
    takes: 1,
    summary: 'tell of a mail in the outbox all but what it says',
    needs: 'world',
    async run(input, { features }) {
      const json = jsonOf(await features.mail.outbox.find(argument(input, 0, 'id')));
      const lines = Object.entries(json).map(([name, value]) => [name, printable(String(value ?? '-'))]);
      return { text: lines.map(([name = '', value]) => `${name.padEnd(13)}${value}`).join('\n'), json };
    },
  },
  {
    words: ['mail', 'retry'],
    usage: '<id | --all>',
    takes: 1,
    summary: 'let a mail that has failed be tried now, or all of them; a server that runs sends them within a second',
    options: { all: { type: 'boolean' } },
    needs: 'world',
    run: retryMails,
  },
  {
    words: ['mail', 'test'],
    usage: '<address>',
    takes: 1,
    summary: 'send a mail to an address at once, past the outbox, and say what the mail server answers',
    needs: 'world',
    run: sendTest,
  },
];

async function listMails(input: CommandInput, { features }: World): Promise<Output> {
  const state = choice('state', optionalText(input, 'state'), mailStates);
  const limit = optionalText(input, 'limit') ?? '50';
  if (!/^[1-9]\d{0,5}$/.test(limit)) throw new UsageError('--limit must be a whole number');
  const mails = (await features.mail.outbox.list({ state, limit: Number(limit) })).map(jsonOf);
  const rows = mails.map((it) => [
    it.id,
    it.written_at,
    it.state,
    it.template,
    printable(it.to),
    String(it.attempts),
    printable(it.last_error ?? '-'),
  ]);
  return { text: tableText(['ID', 'WRITTEN', 'STATE', 'TEMPLATE', 'TO', 'TRIED', 'LAST ERROR'], rows), json: mails };
}

const jsonOf = (mail: MailRecord) => ({
  id: mail.id,
  user: mail.user ?? null,
  to: mail.to,
  template: mail.template,
  state: mail.state,
  written_at: iso(mail.createdAt),
  expires_at: iso(mail.expiresAt),
  due_at: isoOrNull(mail.dueAt),
  attempts: mail.attempts,
  sent_at: isoOrNull(mail.sentAt),
  given_up_at: isoOrNull(mail.givenUpAt),
  last_error: mail.lastError ?? null,
});

async function retryMails(input: CommandInput, { features }: World): Promise<Output> {
  const [id] = input.arguments;
  if ((input.options.all === true) === (id !== undefined)) throw new UsageError('give the id of a mail, or --all');
  if (id === undefined) {
    const hastened = await features.mail.outbox.retryAll();
    return { text: `Mails that are tried now: ${hastened}.`, json: { hastened } };
  }
  await features.mail.outbox.retry(id);
  return { text: `Mail ${id} is tried now.`, json: { id, hastened: 1 } };
}

async function sendTest(input: CommandInput, { ports }: World): Promise<Output> {
  const to = argument(input, 0, 'address');
  if (ports.mailer === undefined) {
    const text = 'No mail server is configured: set SMTP_URL and MAIL_FROM.';
    return { text, json: { to, sent: false, reason: text }, failed: true };
  }
  const text = 'This is a test: mails of this server arrive.';
  const id = `test-${ports.random.bytes(12).toString('base64url')}`;
  try {
    const date = ports.clock.now();
    await ports.mailer.send({ id, to, date, subject: 'A test of mail', text, html: `<p>${text}</p>` });
    return { text: `The mail server has taken a mail to ${printable(to)} on.`, json: { to, sent: true, reason: null } };
  } catch (error) {
    const reason = printable(error instanceof Error ? error.message : String(error));
    return { text: `The mail was not sent: ${reason}`, json: { to, sent: false, reason }, failed: true };
  } finally {
    ports.mailer.close();
  }
}
