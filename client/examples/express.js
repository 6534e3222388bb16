/** A protected API on Express. `ISSUER=http://localhost:8000 PORT=3000 node client/examples/express.js` */
import { createVerifier } from '@keyward/verify';
import { claimsOf, requireToken } from '@keyward/verify/node';
import express from 'express';

const verifier = createVerifier({ issuer: process.env.ISSUER ?? 'http://localhost:8000' });
const app = express();

app.get('/', requireToken(verifier), (request, response) => {
  response.json({ user: claimsOf(request).sub });
});
app.post('/', requireToken(verifier, { permission: 'posts:publish' }), (request, response) => {
  response.json({ user: claimsOf(request).sub });
});

app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  process.stdout.write('listening\n');
});
