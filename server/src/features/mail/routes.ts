import type { FastifyRequest } from 'fastify';
import { pathNotFound } from '../../http/refusals.ts';
import { type Route, route } from '../../http/route.ts';
import { Type } from '../../http/schema.ts';
import { isFromThisMachine } from '../../http/this-machine.ts';
import type { Mailbox, MailboxEntry } from './open-mailbox.ts';
import { framedMail, mailboxPage, mailboxPolicy, mailPage, mailPolicy } from './replies.ts';

const common = {
  method: 'GET',
  tags: ['Development'],
  access: { kind: 'public', why: 'it is there in development alone, and answers nobody but this machine' },
  limit: { kind: 'none', why: 'it answers nobody but this machine' },
  hide: true,
  refusals: [pathNotFound],
} as const;

const params = Type.Object({
  mail: Type.String({ pattern: '^[A-Za-z0-9_-]{1,32}$', 'x-hint': 'Must be the id of a mail.' }),
});
const htmlPage = { 200: { description: 'A page.', contentType: 'text/html; charset=utf-8' } };
const message = { 200: { description: 'The message (RFC 5322).', contentType: 'text/plain; charset=utf-8' } };

/** The mailbox of development, for this machine alone; without one there are no routes. */
export function mailboxRoutes(mailbox: Mailbox | undefined): readonly Route[] {
  if (mailbox === undefined) return [];

  /** @throws pathNotFound to everybody else */
  const findFor = async (request: FastifyRequest, id: string): Promise<MailboxEntry> => {
    const entry = isFromThisMachine(request) ? await mailbox.find(id) : undefined;
    if (entry === undefined) throw pathNotFound();
    return entry;
  };

  return [
    route({
      ...common,
      url: '/dev/mail',
      operationId: 'readMailbox',
      summary: 'The mails of a development server',
      replies: htmlPage,
      handler: async (request, reply) => {
        if (!isFromThisMachine(request)) throw pathNotFound();
        reply.header('content-security-policy', mailboxPolicy);
        return mailboxPage(await mailbox.list());
      },
    }),
    route({
      ...common,
      url: '/dev/mail/:mail',
      operationId: 'readMail',
      summary: 'A mail of a development server',
      params,
      replies: htmlPage,
      handler: async (request, reply) => {
        const entry = await findFor(request, request.params.mail);
        reply.header('content-security-policy', mailboxPolicy);
        return mailPage(entry);
      },
    }),
    route({
      ...common,
      url: '/dev/mail/:mail/html',
      operationId: 'readMailHtml',
      summary: 'The HTML of a mail, for a frame',
      params,
      replies: htmlPage,
      handler: async (request, reply) => {
        const entry = await findFor(request, request.params.mail);
        reply.headers({ 'content-security-policy': mailPolicy, 'x-frame-options': 'SAMEORIGIN' });
        return framedMail(entry);
      },
    }),
    route({
      ...common,
      url: '/dev/mail/:mail/source',
      operationId: 'readMailSource',
      summary: 'A mail as it would be sent',
      params,
      replies: message,
      handler: async (request) => mailbox.source(await findFor(request, request.params.mail)),
    }),
  ];
}
