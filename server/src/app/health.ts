import { Type } from 'typebox';
import type { Database } from '../db/database.ts';
import { type Route, route } from '../http/route.ts';

const Health = Type.Object(
  {
    status: Type.Union([Type.Literal('ok'), Type.Literal('failing')]),
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

/** `/livez`: the process answers. `/readyz` (`/healthz`): it can also do its work. What is wrong stands in the log. */
export function healthRoutes(db: Database): readonly Route[] {
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
        reply.header('cache-control', 'no-store');
        try {
          await withPatience(db.check());
          return { status: 'ok' as const, checks: { database: 'ok' } };
        } catch (error) {
          request.log.error({ err: error }, 'not ready');
          reply.code(503).header('retry-after', '5');
          return { status: 'failing' as const, checks: { database: 'failing' } };
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
      handler: (_, reply) => {
        reply.header('cache-control', 'no-store');
        return { status: 'ok' as const, checks: {} };
      },
    }),
    readiness('/readyz', 'getReadiness'),
    readiness('/healthz', 'getHealth'),
  ];
}

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
