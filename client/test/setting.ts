import assert from 'node:assert/strict';
import type { AccessClaims } from '../src/claims.ts';
import type { RefusalCode } from '../src/index.ts';
import type { VerifierOptions } from '../src/options.ts';
import { TokenRefused } from '../src/refused.ts';
import { createVerifier, type Verifier } from '../src/verifier.ts';
import { type FakeIssuer, startIssuer } from './fake-issuer.ts';
import { createManualTime, type ManualTime, until } from './manual-time.ts';

/** An issuer, a verifier that trusts it, and the time, all in one. `await using` ends them. */
export interface Setting {
  readonly issuer: FakeIssuer;
  readonly verifier: Verifier;
  readonly time: ManualTime;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function setUp(options: Partial<VerifierOptions> = {}, path = ''): Promise<Setting> {
  const time = createManualTime();
  const issuer = await startIssuer(time.now, path);
  const verifier = createVerifier({ issuer: issuer.url, ...options }, time.ports);
  return {
    issuer,
    verifier,
    time,
    async [Symbol.asyncDispose]() {
      verifier.close();
      await issuer[Symbol.asyncDispose]();
    },
  };
}

/** As `setUp`, with a feed that stands and has beaten. */
export async function setUpWithFeed(options: Partial<VerifierOptions> = {}): Promise<Setting> {
  const setting = await setUp(options);
  await setting.verifier.ready();
  await until(() => setting.verifier.state().lastProofAt !== undefined, 'the first beat');
  return setting;
}

/** The code with which a token is refused, or `good`. Anything else that goes wrong is thrown. */
export async function verdict(verifier: Verifier, token: string): Promise<RefusalCode | 'good'> {
  try {
    const claims: AccessClaims = await verifier.verify(token);
    assert.ok(Object.isFrozen(claims));
    return 'good';
  } catch (error) {
    if (error instanceof TokenRefused) return error.code;
    throw error;
  }
}
