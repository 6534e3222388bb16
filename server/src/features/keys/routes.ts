import { type Route, route } from '../../http/route.ts';
import { Type } from '../../http/schema.ts';
import type { GetKeyRing } from './key-ring.ts';

const JwksReply = Type.Object({ keys: Type.Array(Type.Record(Type.String(), Type.String())) }, { title: 'JwkSet' });

/** Long enough to spare the server, and a third of the time for which a new key is published before it signs. */
const cacheSeconds = 300;

export const keyRoutes = ({ ring }: { ring: GetKeyRing }): readonly Route[] => [
  route({
    method: 'GET',
    url: '/.well-known/jwks.json',
    operationId: 'getJwks',
    summary: 'The public keys that verify access tokens',
    tags: ['Discovery'],
    access: { kind: 'public', why: 'public keys are for everybody' },
    anyOrigin: true,
    cache: `public, max-age=${cacheSeconds}`,
    limit: { kind: 'none', why: 'from memory, read anew once a second at most' },
    replies: { 200: { schema: JwksReply, description: 'RFC 7517 §5.' } },
    refusals: [],
    handler: async () => {
      const { all } = await ring();
      return { keys: all.map(({ publicJwk }) => publicJwk as Record<string, string>) };
    },
  }),
];
