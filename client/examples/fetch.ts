/** A protected Fetch handler. `ISSUER=http://localhost:8000 PORT=3000 node client/examples/fetch.ts` */
import { createServer } from 'node:http';
import { createVerifier } from '@keyward/verify';
import { withToken } from '@keyward/verify/fetch';
import { serveFetch } from './serve-fetch.ts';

// On Workers: `revocation: { feed: false }`, because nothing runs there between two requests.
const verifier = createVerifier({ issuer: process.env.ISSUER ?? 'http://localhost:8000' });

const read = withToken(verifier, (_request, claims) => Response.json({ user: claims.sub }));
const publish = withToken(verifier, (_request, claims) => Response.json({ user: claims.sub }), {
  permission: 'posts:publish',
});
const handler = (request: Request) => (request.method === 'POST' ? publish(request) : read(request));

// `Deno.serve(handler)`, `Bun.serve({ fetch: handler })`; this is for Node without another package.
createServer(serveFetch(handler)).listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  process.stdout.write('listening\n');
});
