import { Type } from '../../http/schema.ts';
import { PlainText } from '../../http/text.ts';
import { UserParams } from '../users/index.ts';
import { keyIdPattern } from './key-text.ts';
import { descriptionLength, maxPermissions, nameLength } from './policy.ts';

export const CreateApiKeyBody = Type.Object(
  {
    name: PlainText({ ...nameLength, description: 'What it is for; for you.' }),
    description: Type.Optional(PlainText(descriptionLength)),
    permissions: Type.Array(Type.String({ maxLength: 128 }), {
      minItems: 1,
      maxItems: maxPermissions,
      examples: [['posts:publish']],
      description: 'Of those that you hold.',
    }),
    expires_in_days: Type.Optional(
      Type.Union([Type.Integer({ minimum: 1, maximum: 3_650 }), Type.Null()], {
        description: '`null`: never, where the server allows it. Left out: what is usual here.',
      }),
    ),
  },
  { additionalProperties: false },
);

const instant = (description: string) => Type.String({ format: 'date-time', description });

export const ApiKeyReply = Type.Object(
  {
    id: Type.String({ description: 'Public: it stands in the key behind `kw_live_`.' }),
    name: Type.String(),
    description: Type.String(),
    permissions: Type.Array(Type.String(), {
      description: 'What it was given. It can do as much of that as its owner holds at the moment.',
    }),
    created_at: instant('When it was made.'),
    expires_at: Type.Union([instant('From then on it is refused.'), Type.Null()]),
    last_used_at: Type.Union([instant('To the minute.'), Type.Null()]),
  },
  { title: 'ApiKey' },
);

export const ApiKeyCreatedReply = Type.Object(
  { ...ApiKeyReply.properties, key: Type.String({ description: 'The key itself. It is shown only now.' }) },
  { title: 'NewApiKey' },
);

export const ApiKeysReply = Type.Object({ api_keys: Type.Array(ApiKeyReply) });

export const ApiKeyParams = Type.Object({
  api_key_id: Type.String({ pattern: keyIdPattern, 'x-hint': 'Must be the id of an API key.' }),
});

export const UserApiKeyParams = Type.Object({ ...UserParams.properties, ...ApiKeyParams.properties });

export const ApiKeyRevokedReply = Type.Object({ message: Type.Literal('API key revoked successfully.') });

export const ApiKeysRevokedReply = Type.Object({
  message: Type.Literal('API keys revoked successfully.'),
  revoked: Type.Integer({ minimum: 0, description: 'How many.' }),
});
