import type { Database } from '../db/database.ts';
import { assertServable } from '../db/house-moves.ts';
import { databaseMoved } from '../db/moved.ts';
import { type Route, route } from '../http/route.ts';
import { Type } from '../http/schema.ts';
import { DomainError } from '../kernel/errors.ts';

const Health = Type.Object(
  {
    status: Type.Enum(['ok', 'failing']),
    checks: Type.Record(Type.String(), Type.String()),
  },
  { title: 'Health' },
);

/** Milliseconds after which the database counts as gone. */
const patienceMs = 1_500;

const common = {
  method: 'GET',
  tags: ['Operation'],
  access: { kind: 'public', why: 'probes have no account; nothing in the answer is a secret' },
  limit: { kind: 'none', why: 'one trivial read' },
  refusals: [],
} as const;

const stopping = { status: 'failing', checks: { server: 'stopping' } } as const;

/**
 * `/livez`: the process answers. `/readyz` (`/healthz`): it can also do its work. What is wrong stands in the log.
 *
 * @param isStopping whether the server still answers but wants no more requests
 */
export function healthRoutes(db: Database, isStopping: () => boolean = () => false): readonly Route[] {
  const readiness = (url: string, operationId: string) =>
    route({
      ...common,
      url,
      operationId,
      summary: 'Whether the server can do its work',
      replies: {
        200: { schema: Health, description: 'It can.' },
        503: { schema: Health, description: 'It cannot; `checks` says what fails.' },
      },
      handler: async (request, reply) => {
        if (isStopping()) {
          reply.code(503).header('retry-after', '5');
          return stopping;
        }
        try {
          await withPatience(db.check().then(() => assertServable(db)));
          return { status: 'ok' as const, checks: { database: 'ok' } };
        } catch (error) {
          request.log.error({ err: error }, 'not ready');
          reply.code(503).header('retry-after', '5');
          return { status: 'failing' as const, checks: { database: whatFails(error) } };
        }
      },
    });
  return [
    route({
      ...common,
      url: '/livez',
      operationId: 'getLiveness',
      summary: 'Whether the process answers',
      replies: { 200: { schema: Health, description: 'It does.' } },
      handler: () => ({ status: 'ok' as const, checks: {} }),
    }),
    readiness('/readyz', 'getReadiness'),
    readiness('/healthz', 'getHealth'),
  ];
}

const whatFails = (error: unknown): string =>
  error instanceof DomainError && error.refusal === databaseMoved ? 'moved' : 'failing';

async function withPatience(check: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the database did not answer in time')), patienceMs);
  });
  try {
    await Promise.race([check, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
