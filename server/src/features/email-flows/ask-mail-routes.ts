import { originOf } from '../../http/request-origin.ts';
import { type Route, route } from '../../http/route.ts';
import type { Refusal } from '../../kernel/errors.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import { mailNotConfigured } from '../mail/index.ts';
import { tooManyAttempts } from '../throttle/index.ts';
import { AskMailBody, MailAskedReply } from './schemas.ts';

/** What one way to ask for a mail has for itself. */
interface AskMailRoute extends Pick<Route, 'url' | 'operationId' | 'summary' | 'description' | 'tags'> {
  /** Why everybody may ask. */
  readonly why: string;
  /** What everybody is answered, whoever has the address. */
  readonly message: string;
  /** The answer in the documentation. */
  readonly meaning: string;
  readonly refusals?: readonly Refusal[];
  /** @throws mailNotConfigured, tooManyAttempts, and `refusals` */
  readonly ask: (email: string, origin: RequestOrigin) => Promise<void>;
}

/** A way to ask for a mail to an address, by which nobody learns who has an account. */
export const askMailRoute = ({ why, message, meaning, refusals = [], ask, ...own }: AskMailRoute): Route =>
  route({
    ...own,
    method: 'POST',
    access: { kind: 'public', why },
    limit: { kind: 'throttled', key: 'mail' },
    body: AskMailBody,
    replies: { 202: { schema: MailAskedReply(message), description: meaning } },
    refusals: [...refusals, mailNotConfigured, tooManyAttempts],
    handler: async (request) => {
      await ask(request.body.email, originOf(request));
      return { message };
    },
  });

/** The words of those that go to whoever has an active account. */
export const toActiveAccount = {
  message: 'If there is an account with this address, a mail is on its way.',
  meaning: 'Heard. If the address has an active account, a mail goes there.',
} as const;
