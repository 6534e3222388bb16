import { Readable } from 'node:stream';
import { type Route, route } from '../../http/route.ts';
import type { Static } from '../../http/schema.ts';
import { iso } from '../../kernel/clock.ts';
import { invalidCursor } from '../../kernel/invalid-cursor.ts';
import { checkpointNotFound } from './errors.ts';
import type { ExportRecord } from './export-record.ts';
import type { Filter } from './filter.ts';
import type { FindEvents } from './find-events.ts';
import type { ListCheckpoints } from './list-checkpoints.ts';
import { checkpointReply, eventReply } from './replies.ts';
import {
  AuditKeysReply,
  AuditPageReply,
  AuditQuery,
  CheckpointReply,
  CheckpointsQuery,
  CheckpointsReply,
  ExportQuery,
} from './schemas.ts';

export interface AuditUseCases {
  readonly find: FindEvents;
  readonly exportAll: ExportRecord;
  readonly checkpoints: ListCheckpoints;
  readonly publicKeys: readonly {
    readonly id: string;
    readonly origin: string;
    readonly text: string;
    readonly createdAt: number;
  }[];
}

const common = {
  method: 'GET',
  tags: ['Audit'],
  access: { kind: 'bearer', permission: 'audit:read' },
  limit: { kind: 'none', why: 'only for holders of audit:read' },
} as const;

const defaultLimit = 50;

/** The record of security events, for those who may read it, and the public key for everybody who has a copy of it. */
export const auditRoutes = ({ find, exportAll, checkpoints, publicKeys }: AuditUseCases): readonly Route[] => [
  route({
    ...common,
    url: '/audit',
    operationId: 'listAuditEvents',
    summary: 'Security events',
    description: 'Each filter is served by an index; where several are given, all of them hold.',
    query: AuditQuery,
    replies: { 200: { schema: AuditPageReply, description: 'A page of them, the newest first.' } },
    refusals: [invalidCursor],
    handler: async ({ query, principal }) => {
      const { order = 'desc', limit, cursor } = query;
      const filter = filterOf(query);
      const page = await find({ filter, order, cursor, limit: Number(limit ?? defaultLimit), by: principal });
      return { events: page.events.map(eventReply), next_cursor: page.next ?? null };
    },
  }),
  route({
    ...common,
    url: '/audit/export',
    operationId: 'exportAudit',
    summary: 'The whole record, to be checked elsewhere',
    description:
      'Lines of JSON: rows and signed checkpoints. `keyward audit verify FILE` checks them with the public key alone. To go on later, give the `size` of the last line as `after`, and append the answer to the file.',
    // The answer to HEAD would be made in full, and thrown away.
    safe: false,
    query: ExportQuery,
    replies: { 200: { description: 'As fast as it is read.', contentType: 'application/x-ndjson' } },
    refusals: [checkpointNotFound],
    handler: async ({ query }, reply) => {
      const after = Number(query.after ?? 0);
      if (!(await checkpoints.exists(after))) throw checkpointNotFound();
      reply.header('content-disposition', `attachment; filename="audit-${after}.ndjson"`);
      return reply.send(Readable.from(exportAll({ after })));
    },
  }),
  route({
    ...common,
    url: '/audit/checkpoints',
    operationId: 'listAuditCheckpoints',
    summary: 'The checkpoints of the record',
    query: CheckpointsQuery,
    replies: { 200: { schema: CheckpointsReply, description: 'In the order of their sizes.' } },
    refusals: [],
    handler: async ({ query }) => {
      const found = await checkpoints.list(Number(query.after ?? 0), Number(query.limit ?? defaultLimit));
      return { checkpoints: found.map(checkpointReply) };
    },
  }),
  route({
    ...common,
    url: '/audit/checkpoints/latest',
    operationId: 'getLatestAuditCheckpoint',
    summary: 'The newest checkpoint',
    replies: { 200: { schema: CheckpointReply, description: 'It covers all that were before it.' } },
    refusals: [checkpointNotFound],
    handler: async () => {
      const newest = await checkpoints.newest();
      if (newest === undefined) throw checkpointNotFound();
      return checkpointReply(newest);
    },
  }),
  route({
    ...common,
    url: '/.well-known/keyward-audit',
    operationId: 'getAuditKeys',
    summary: 'The public keys of the audit record',
    tags: ['Discovery'],
    access: { kind: 'public', why: 'public keys are for everybody' },
    anyOrigin: true,
    limit: { kind: 'none', why: 'from memory' },
    replies: {
      200: { schema: AuditKeysReply, description: 'Keep it where whoever can write to the database cannot.' },
    },
    refusals: [],
    handler: () => ({
      keys: publicKeys.map(({ id, origin, text, createdAt }) => ({
        id,
        origin,
        verifier: text,
        created_at: iso(createdAt),
      })),
    }),
  }),
];

function filterOf(query: Static<typeof AuditQuery>): Filter {
  const { event, outcome, reason, session } = query;
  const given = {
    event,
    outcome,
    reason,
    session,
    apiKey: query.api_key,
    actor: numberOf(query.actor),
    subject: numberOf(query.subject),
    since: instantOf(query.since),
    until: instantOf(query.until),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

const numberOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));

const instantOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text));
