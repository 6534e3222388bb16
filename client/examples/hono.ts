/** A protected API on Hono. `ISSUER=http://localhost:8000 PORT=3000 node client/examples/hono.ts` */
import { createServer } from 'node:http';
import { createVerifier } from '@keyward/verify';
import { type ClaimsVariables, requireToken } from '@keyward/verify/hono';
import { Hono } from 'hono';
import { serveFetch } from './serve-fetch.ts';

const verifier = createVerifier({ issuer: process.env.ISSUER ?? 'http://localhost:8000' });
const app = new Hono<{ Variables: ClaimsVariables }>();

app.get('/', requireToken(verifier), (c) => c.json({ user: c.get('claims').sub }));
app.post('/', requireToken(verifier, { permission: 'posts:publish' }), (c) => c.json({ user: c.get('claims').sub }));

// On Deno, Bun and Workers `export default app` or `Deno.serve(app.fetch)` is all; this is for Node without another package.
createServer(serveFetch((request) => app.fetch(request))).listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  process.stdout.write('listening\n');
});
