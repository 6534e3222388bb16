/** A protected API on Fastify. `ISSUER=http://localhost:8000 PORT=3000 node client/examples/fastify.ts` */
import { createVerifier } from '@keyward/verify';
import { claimsOf, requireToken } from '@keyward/verify/fastify';
import { fastify } from 'fastify';

const verifier = createVerifier({ issuer: process.env.ISSUER ?? 'http://localhost:8000' });
const app = fastify();

app.get('/', { onRequest: requireToken(verifier) }, async (request) => ({ user: claimsOf(request).sub }));
app.post('/', { onRequest: requireToken(verifier, { permission: 'posts:publish' }) }, async (request) => ({
  user: claimsOf(request).sub,
}));

await app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' });
process.stdout.write('listening\n');
