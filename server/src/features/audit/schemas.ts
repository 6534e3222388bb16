import { Type } from '../../http/schema.ts';
import { InstantText, PathId } from '../../http/text.ts';

const Word = (description: string) =>
  Type.String({
    pattern: '^[a-z][a-z0-9.-]{0,63}$',
    'x-hint': 'Must be a word of small letters, digits, dots and hyphens.',
    description,
  });

const PublicId = (description: string) =>
  Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$', 'x-hint': 'Must be an id.', description });

const Limit = Type.String({
  pattern: '^(?:[1-9][0-9]?|1[0-9]{2}|200)$',
  'x-hint': 'Must be a whole number from 1 to 200.',
  'x-documented-as': { type: 'integer', minimum: 1, maximum: 200, default: 50 },
});

/** Zero or a positive integer, as `PathId`. */
const Size = (description: string) =>
  Type.String({
    pattern: '^(?:0|[1-9][0-9]{0,14})$',
    'x-hint': 'Must be a whole number.',
    'x-documented-as': { type: 'integer', minimum: 0, default: 0 },
    description,
  });

export const AuditQuery = Type.Object(
  {
    event: Type.Optional(Word('What happened, as `login.failed`.')),
    outcome: Type.Optional(Type.Enum(['success', 'refused'])),
    reason: Type.Optional(Word('The code of the refusal, or why a session ended.')),
    actor: Type.Optional(PathId('The id of who did it.')),
    subject: Type.Optional(PathId('The id of to whom it was done.')),
    session: Type.Optional(PublicId('The id of a session.')),
    api_key: Type.Optional(PublicId('The public id of the API key that did it.')),
    since: Type.Optional(InstantText('At this instant or later.')),
    until: Type.Optional(InstantText('Before this instant.')),
    order: Type.Optional(Type.Enum(['asc', 'desc'], { description: 'By time. Absent: the newest first.' })),
    limit: Type.Optional(Limit),
    cursor: Type.Optional(Type.String({ maxLength: 2_048, description: '`next_cursor` of the page before.' })),
  },
  { additionalProperties: false },
);

const Optional = (description: string) => Type.Union([Type.String(), Type.Null()], { description });
const OptionalId = (description: string) => Type.Union([Type.Integer(), Type.Null()], { description });

const AuditEventReply = Type.Object(
  {
    id: Type.Integer(),
    uid: Optional('A UUID. None of an event that an older release recorded.'),
    seq: OptionalId('Its number in the sealed record; null for a second or two.'),
    at: Type.String({ format: 'date-time' }),
    event: Type.String(),
    outcome: Type.Enum(['success', 'refused']),
    reason: Optional('The code of the refusal, or why a session ended.'),
    actor: OptionalId('Who did it. Null for the operator and for strangers.'),
    subject: OptionalId('To whom.'),
    session: Optional('The id of the session that it is about.'),
    api_key: Optional('The public id of the API key that acted.'),
    ip: Optional('From where. Null also where it was erased.'),
    object: Optional('What else it is about: a role, a permission, a key.'),
    note: Optional('What somebody said of the subject. Null also where it was erased.'),
  },
  { title: 'AuditEvent' },
);

export const AuditPageReply = Type.Object(
  {
    events: Type.Array(AuditEventReply, {
      description:
        'With several filters fewer than `limit` may come, or none, and yet more pages: so many rows are looked at for each.',
    }),
    next_cursor: Type.Union([Type.String(), Type.Null()], {
      description: 'For the next page, as `cursor`. Null at the end, and only there.',
    }),
  },
  { title: 'AuditPage' },
);

export const ExportQuery = Type.Object(
  { after: Type.Optional(Size('The size of a checkpoint: only what was sealed behind it.')) },
  { additionalProperties: false },
);

export const CheckpointsQuery = Type.Object(
  { after: Type.Optional(Size('Only those of more rows.')), limit: Type.Optional(Limit) },
  { additionalProperties: false },
);

export const CheckpointReply = Type.Object(
  {
    size: Type.Integer({ description: 'How many rows it seals.' }),
    time: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
      description: 'Null where it is not as it was signed.',
    }),
    checkpoint: Type.String({ description: 'A signed note (c2sp.org/tlog-checkpoint).' }),
  },
  { title: 'AuditCheckpoint' },
);

export const CheckpointsReply = Type.Object({ checkpoints: Type.Array(CheckpointReply) });

export const AuditKeysReply = Type.Object(
  {
    keys: Type.Array(
      Type.Object({
        id: Type.String(),
        origin: Type.String({ description: 'The name of the record.' }),
        verifier: Type.String({ description: 'The public key (c2sp.org/signed-note), for `keyward audit verify`.' }),
        created_at: Type.String({ format: 'date-time' }),
      }),
    ),
  },
  { title: 'AuditKeys' },
);
