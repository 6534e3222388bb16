import { type AccessClaims, readClaims } from './claims.ts';
import { type JsonObject, parseObject } from './json.ts';
import { openJws, type VerifyKey } from './jws.ts';
import { createKnowledge } from './knowledge.ts';
import type { StatusList } from './lists.ts';
import { readOptions, type VerifierOptions } from './options.ts';
import type { Ports } from './ports.ts';
import { TokenRefused } from './refused.ts';
import type { VerifierState } from './state.ts';
import { systemPorts } from './system-ports.ts';
import { createTokenCache } from './token-cache.ts';

/** Checks access tokens of one issuer. */
export interface Verifier {
  /**
   * The claims of a token that is good now. A token that was seen before is checked without any request.
   *
   * @throws TokenRefused for every other; its `transient` tells whose fault it is
   */
  verify(token: string): Promise<AccessClaims>;
  /**
   * Resolves when keys are here and the feed stands or its first try has failed: call it at start, so that the first request need not wait.
   *
   * @throws TokenRefused `issuer-unavailable`
   */
  ready(): Promise<void>;
  /** For health pages. */
  state(): VerifierState;
  /** Ends the feed and all timers. Whatever is asked afterwards is refused. */
  close(): void;
}

/** A token that was verified, and all that must still hold the next time. */
interface Known {
  readonly claims: AccessClaims;
  readonly key: VerifyKey;
  /** Milliseconds since 1970, the tolerance included. */
  readonly expiresAt: number;
  list: StatusList | undefined;
  readonly idx: number;
}

/** Longer ones are refused unread: a header of a request has no room for them, and parsing costs. Characters. */
const maxTokenLength = 8_192;

/**
 * Makes a verifier. Nothing is fetched and no timer runs before `verify` or `ready` is called.
 *
 * @param ports the world outside, for tests
 * @throws TypeError for options that make no sense
 */
export function createVerifier(options: VerifierOptions, ports: Ports = systemPorts()): Verifier {
  const settings = readOptions(options);
  const { clockToleranceSeconds } = settings;
  const world: Ports = options.fetch === undefined ? ports : { ...ports, fetch: options.fetch };
  const { clock } = world;
  const tokens = createTokenCache<Known>(settings.cacheSize);
  const closing = new AbortController();

  const { keys, revocation, start, state } = createKnowledge(settings, world, closing.signal, () =>
    tokens.sweep(({ key }) => key.withdrawn),
  );

  const refuseIfClosed = (): void => {
    if (closing.signal.aborted) throw new TokenRefused('issuer-unavailable', new Error('the verifier was closed'));
  };

  /** Throws for what is over; false for what must be looked into, with a wait. No I/O: this is what runs per request. */
  const stillHolds = (known: Known): boolean => {
    if (known.key.withdrawn || !keys.usable()) return false;
    keys.touch();
    return known.list === undefined || revocation.holds(known.list, known.idx);
  };

  const settle = async ({ status }: AccessClaims): Promise<StatusList | undefined> => {
    if (settings.revocation === 'off') return undefined;
    if (status !== undefined) return revocation.settle(status.status_list.uri, status.status_list.idx);
    if (!settings.allowWithoutStatus) throw new TokenRefused('no-status');
    return undefined;
  };

  const examine = async (token: string): Promise<Known> => {
    if (typeof token !== 'string' || token.length > maxTokenLength) throw new TokenRefused('malformed');
    const { header, payload, key } = await openJws(token, keys.find);
    void start();
    const claims = readClaims(header, parsed(payload), settings, clock.now());
    const list = await settle(claims);
    const expiresAt = (claims.exp + clockToleranceSeconds) * 1_000;
    return { claims, key, expiresAt, list, idx: claims.status?.status_list.idx ?? 0 };
  };

  /** What may have changed while something was waited for. */
  const recheck = ({ key, expiresAt }: Known): void => {
    refuseIfClosed();
    if (key.withdrawn) throw new TokenRefused('unknown-key');
    if (clock.now() >= expiresAt) throw new TokenRefused('expired');
  };

  return {
    async verify(token) {
      refuseIfClosed();
      let known = tokens.get(token);
      if (known !== undefined && clock.now() >= known.expiresAt) {
        tokens.delete(token);
        throw new TokenRefused('expired');
      }
      if (known !== undefined && stillHolds(known)) return known.claims;
      if (known?.list === undefined || known.key.withdrawn || !keys.usable()) {
        known = await examine(token);
        recheck(known);
        tokens.set(token, known);
      } else {
        known.list = await settle(known.claims);
        recheck(known);
      }
      return known.claims;
    },
    async ready() {
      refuseIfClosed();
      await keys.load();
      await start();
    },
    state,
    close() {
      closing.abort();
      revocation.close();
      tokens.sweep(() => true);
    },
  };
}

function parsed(payload: Uint8Array): JsonObject {
  try {
    return parseObject(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch (cause) {
    throw new TokenRefused('malformed', cause);
  }
}
