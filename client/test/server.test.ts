import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from '../../server/test/support/client.ts';
import { startServer } from '../../server/test/support/server.ts';
import { systemPorts } from '../src/system-ports.ts';
import { createVerifier } from '../src/verifier.ts';
import { until } from './manual-time.ts';
import { verdict } from './setting.ts';

/** What the server calls itself when nobody has told it; where it really listens is another port. */
const issuer = 'http://localhost:8000';

test('a real server: its token is good here, and refused soon after the logout, with no request per verification', async (t) => {
  await using server = await startServer();
  let requests = 0;
  const verifier = createVerifier(
    {
      issuer,
      fetch(input, init) {
        requests += 1;
        return fetch(String(input).replace(issuer, server.url), init);
      },
    },
    { ...systemPorts(), clock: { now: () => server.clock.now(), elapsed: () => performance.now() } },
  );
  try {
    const call = createClient(server.url);
    const account = { email: 'ada@example.com', password: 'correct horse battery' };
    const { body } = await call('POST', '/signup', { json: { username: 'ada', ...account } });
    const { body: other } = await call('POST', '/login', { json: account });
    const claims = await verifier.verify(body.access_token);
    assert.deepEqual([claims.iss, claims.sub, claims.sid.length], [issuer, String(body.data.id), 22]);
    await verifier.ready();
    assert.equal(verifier.state().mode, 'feed');
    assert.equal(await verdict(verifier, other.access_token), 'good');

    const asked = requests;
    const began = performance.now();
    assert.equal((await call('POST', '/logout', { token: body.access_token })).status, 200);
    await until(async () => (await verdict(verifier, body.access_token)) === 'revoked', 'the revocation');
    t.diagnostic(`from the logout to the refusal: ${Math.round(performance.now() - began)} ms`);
    assert.equal(await verdict(verifier, other.access_token), 'good');
    assert.equal(requests, asked);
  } finally {
    verifier.close();
  }
});
