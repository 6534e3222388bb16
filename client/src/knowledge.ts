import { isListUri } from './discovery.ts';
import { followFeed } from './feed.ts';
import { createIssuer, type Issuer } from './issuer.ts';
import { createKeys, type Keys } from './keys.ts';
import type { Settings } from './options.ts';
import type { Ports } from './ports.ts';
import { createRevocation, type Revocation } from './revocation.ts';
import { createStateLog, type StateLog, type VerifierState } from './state.ts';
import { readStatusList } from './status-list.ts';

/** All that is known of one issuer, and what keeps it known. */
export interface Knowledge {
  readonly keys: Keys;
  readonly revocation: Revocation;
  /** Begins to keep up with revocations. Resolves at the end of the feed's first try; once: whoever comes later gets the same. */
  start(): Promise<void>;
  state(): VerifierState;
}

/**
 * Asks nothing before it is asked.
 *
 * @param closed ends everything
 * @param onWithdrawn is told after keys went out of use
 */
export function createKnowledge(
  settings: Settings,
  ports: Ports,
  closed: AbortSignal,
  onWithdrawn: () => void,
): Knowledge {
  const { clock } = ports;
  const issuer = createIssuer(settings, ports, closed);
  const keys = createKeys({ fetchKeys: issuer.fetchKeys, clock, onWithdrawn });
  const revocation = openRevocation(settings, ports, issuer, keys);
  const log = createStateLog(clock, settings, revocation, keys);
  let started: Promise<void> | undefined;

  const begin = async (): Promise<void> => {
    // Of a token that was still being verified when everything ended.
    if (closed.aborted) return;
    log.started();
    if (settings.revocation === 'off' || !settings.revocation.feed) return;
    revocation.start();
    await new Promise<void>((tried) => {
      const listener = listenerOf(keys, revocation, log, tried);
      void followFeed(issuer.feedUri, settings.issuer, listener, ports, closed).then(tried);
    });
  };

  return {
    keys,
    revocation,
    start() {
      started ??= begin();
      return started;
    },
    state: () => log.state(closed.aborted),
  };
}

function openRevocation(settings: Settings, { clock, timers }: Ports, source: Issuer, keys: Keys): Revocation {
  const { issuer, revocation: rules, clockToleranceSeconds } = settings;
  return createRevocation({
    async fetchList(uri) {
      const token = await source.fetchList(uri);
      return readStatusList(token, { uri, issuer, find: keys.find, now: clock.now(), clockToleranceSeconds });
    },
    isListUri: (uri) => isListUri(uri, issuer),
    clock,
    timers,
    rules: {
      maxStalenessMs: rules === 'off' ? 0 : rules.maxStalenessSeconds * 1_000,
      whenStale: rules === 'off' ? 'accept' : rules.whenStale,
      onDemand: rules === 'off' || !rules.feed,
    },
  });
}

/** Everybody whom the feed concerns. `tried` is called when it stands, and when it does not. */
function listenerOf(keys: Keys, { listener }: Revocation, log: StateLog, tried: () => void) {
  return {
    ...listener,
    keys: keys.announce,
    opened(replaySeconds: number) {
      listener.opened(replaySeconds);
      log.connected(true);
      tried();
    },
    lost(cause: unknown, retryInMs: number) {
      keys.forgetAnnouncement();
      listener.lost(cause, retryInMs);
      log.connected(false, cause);
      tried();
    },
  };
}
