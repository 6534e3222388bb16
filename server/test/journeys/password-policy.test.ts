import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from '../support/client.ts';
import { startServer } from '../support/server.ts';

test('everybody can read what a password must be, and it is what the server holds to', async () => {
  const env = { PASSWORD_MIN_LENGTH: '15', PASSWORD_MAX_LENGTH: '64', PASSWORD_BREACH_CHECK: 'on' };
  await using server = await startServer({ env: { ...env, PASSWORD_BREACH_URL: 'http://127.0.0.1:1/range' } });
  const call = createClient(server.url);
  const { status, body, headers } = await call('GET', '/password-policy', {});
  assert.equal(status, 200);
  assert.equal(headers.get('cache-control'), 'public, max-age=300');
  assert.ok(body.refuses.commonest > 10_000);
  assert.deepEqual(
    { ...body, refuses: { ...body.refuses, commonest: 'many' } },
    {
      min_length: 15,
      max_length: 64,
      length_counts: 'code-points',
      normalisation: 'NFKC',
      composition_rules: false,
      refuses: {
        commonest: 'many',
        one_character_repeated: true,
        own_names: { min_name_length: 3, min_other_characters: 15 },
        breached: true,
      },
    },
  );
  const signUp = async (password: string) => {
    const json = { username: 'ada', email: 'ada@example.com', password };
    return (await call('POST', '/signup', { json })).status;
  };
  const text = 'kestrels over amber fields at dusk '.repeat(2);
  assert.deepEqual(
    [await signUp(text.slice(0, 14)), await signUp(text.slice(0, 65)), await signUp(text.slice(0, 64))],
    [422, 422, 201],
  );
});

test('by default it says 8 to 256, and that no service elsewhere is asked', async () => {
  await using server = await startServer();
  const { body } = await createClient(server.url)('GET', '/password-policy', {});
  assert.deepEqual([body.min_length, body.max_length, body.refuses.breached], [8, 256, false]);
});
