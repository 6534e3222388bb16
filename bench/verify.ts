import { createLocalJWKSet, jwtVerify } from 'jose';
import { createVerifier } from '../client/src/verifier.ts';
import { startIssuer } from '../client/test/fake-issuer.ts';
import { until } from '../client/test/manual-time.ts';

/**
 * How many known tokens one core verifies in a second, with the feed live: `npm run bench:verify`. In the same run, a bare loop over a
 * Map with the same tokens, and jose without any memory, so that the ratios hold on any machine.
 *
 * Each round gets its own copies of the tokens, never looked at before: a server, too, sees each token as a new text that must be hashed.
 */
const count = 10_000;
const rounds = 20;

const fresh = (tokens: readonly string[]): string[] => tokens.map((token) => Buffer.from(token).toString('latin1'));

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;

/** @returns operations per second: the median of all rounds */
async function measure(tokens: readonly string[], times: number, work: (tokens: readonly string[]) => unknown) {
  const rates: number[] = [];
  for (let round = 0; round < times; round += 1) {
    const copies = fresh(tokens);
    const began = performance.now();
    await work(copies);
    rates.push((copies.length * 1_000) / (performance.now() - began));
  }
  return median(rates);
}

await using issuer = await startIssuer(() => Date.now());
const tokens = await Promise.all(
  Array.from({ length: count }, (_, idx) =>
    issuer.token({ jti: `jti-${idx}`, status: { status_list: { idx, uri: issuer.listUri() } } }),
  ),
);
const verifier = createVerifier({ issuer: issuer.url });
await verifier.ready();
await until(() => verifier.state().lastProofAt !== undefined);
const beats = setInterval(() => issuer.beat(), 1_000);
for (const token of tokens) await verifier.verify(token);

const map = new Map(tokens.map((token) => [token, token]));
const keySet = createLocalJWKSet({ keys: issuer.keys.map(({ jwk }) => jwk) });
const rules = { issuer: issuer.url, audience: issuer.url, typ: 'at+jwt', algorithms: ['ES256'] };

let hits = 0;
const before = issuer.requests.length;
const ours = await measure(tokens, rounds, async (copies) => {
  for (const token of copies) await verifier.verify(token);
});
const asked = issuer.requests.length - before;
const bare = await measure(tokens, rounds, (copies) => {
  for (const token of copies) if (map.get(token) !== undefined) hits += 1;
});
const jose = await measure(tokens.slice(0, 2_000), 3, async (copies) => {
  for (const token of copies) await jwtVerify(token, keySet, rules);
});
clearInterval(beats);

const { mode } = verifier.state();
verifier.close();
if (hits !== count * rounds || asked !== 0 || mode !== 'feed')
  throw new Error(`${hits} hits, ${asked} requests, ${mode}`);
const line = (name: string, rate: number): string =>
  `${name.padEnd(38)} ${Math.round(rate).toLocaleString('en').padStart(12)}/s   ${(ours / rate).toFixed(3)}\n`;
process.stdout.write(
  `${count} different tokens, feed live, ${asked} requests. Verifications on one core, and ours as a multiple:\n`,
);
process.stdout.write(line('@keyward/verify, known tokens', ours));
process.stdout.write(line('a bare Map lookup', bare));
process.stdout.write(line('jose.jwtVerify (ES256), no memory', jose));
