import { Type } from 'typebox';
import { type Route, route } from '../../http/route.ts';
import type { KeyRing } from './open-key-ring.ts';

const JwksReply = Type.Object({ keys: Type.Array(Type.Record(Type.String(), Type.String())) }, { title: 'JwkSet' });

/** Long enough to spare the server, short enough that a new key is seen before it signs. */
const cacheSeconds = 300;

export const keyRoutes = (ring: KeyRing): readonly Route[] => [
  route({
    method: 'GET',
    url: '/.well-known/jwks.json',
    operationId: 'getJwks',
    summary: 'The public keys that verify access tokens',
    tags: ['Discovery'],
    access: { kind: 'public', why: 'public keys are for everybody' },
    limit: { kind: 'none', why: 'constant, from memory' },
    replies: { 200: { schema: JwksReply, description: 'RFC 7517 §5.' } },
    refusals: [],
    handler: (_, reply) => {
      reply.header('cache-control', `public, max-age=${cacheSeconds}`);
      return { keys: ring.all.map(({ publicJwk }) => publicJwk as Record<string, string>) };
    },
  }),
];
