/** A protected API on node:http. `ISSUER=http://localhost:8000 PORT=3000 node client/examples/node.ts` */
import { createServer } from 'node:http';
import { createVerifier } from '@keyward/verify';
import { claimsOf, requireToken } from '@keyward/verify/node';

const verifier = createVerifier({ issuer: process.env.ISSUER ?? 'http://localhost:8000' });
const guard = requireToken(verifier);
const publishers = requireToken(verifier, { permission: 'posts:publish' });

const server = createServer((request, response) => {
  const next = (): void => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ user: claimsOf(request).sub }));
  };
  if (request.method === 'POST') publishers(request, response, next);
  else guard(request, response, next);
});

server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  process.stdout.write('listening\n');
});
