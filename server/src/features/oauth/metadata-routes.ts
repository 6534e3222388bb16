import { pathNotFound } from '../../http/refusals.ts';
import { type Route, route } from '../../http/route.ts';
import { metadataPath, type ServerMetadata } from './metadata.ts';
import { MetadataReply } from './schemas.ts';

/** As long as the keys: what the document says changes only with the configuration. */
const cacheSeconds = 300;

const common = {
  method: 'GET',
  summary: 'What this authorization server offers, and where',
  description: 'RFC 8414: from this document OAuth libraries configure themselves.',
  tags: ['Discovery'],
  access: { kind: 'public', why: 'it is how clients find everything else' },
  anyOrigin: true,
  limit: { kind: 'none', why: 'constant text' },
  cache: `public, max-age=${cacheSeconds}`,
  replies: { 200: { schema: MetadataReply, description: 'RFC 8414 §3.2.' } },
} as const;

/** For an issuer without a path, and behind a proxy that takes the path off, at the plain address; RFC 8414 §3.1 for one with a path. */
export function metadataRoutes(metadata: ServerMetadata): readonly Route[] {
  const plain = route({
    ...common,
    url: '/.well-known/oauth-authorization-server',
    operationId: 'getServerMetadata',
    refusals: [],
    handler: () => metadata,
  });
  const withPath = metadataPath(metadata.issuer);
  if (withPath === plain.url) return [plain];
  const ofIssuer = route({
    ...common,
    url: `${plain.url}/*`,
    operationId: 'getServerMetadataOfIssuer',
    hide: true,
    refusals: [pathNotFound],
    handler: (request) => {
      // To the letter, since the router would take a path of signs it gives a meaning to for a pattern.
      if (request.url.replace(/\?.*$/s, '') !== withPath) throw pathNotFound();
      return metadata;
    },
  });
  return [plain, ofIssuer];
}
