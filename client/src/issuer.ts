import { discover, type Metadata } from './discovery.ts';
import { createFetchText, type FetchText } from './fetch-text.ts';
import { type PublishedKey, readKeySet } from './key-set.ts';
import type { Settings } from './options.ts';
import type { Ports } from './ports.ts';
import { maxListBytes } from './status-list.ts';

/** The issuer as it is seen over the network. */
export interface Issuer {
  fetchKeys(): Promise<ReadonlyMap<string, PublishedKey>>;
  /** The text of a status list token. */
  fetchList(uri: string): Promise<string>;
  /** @throws Error when it has none */
  feedUri(): Promise<string>;
}

/** Of metadata and key sets; of a list in base64 twice over, with room for its frame. Bytes. */
const maxBytes = { json: 262_144, list: maxListBytes * 2 + 16_384 };

/** Asks nothing before it is asked. The metadata are read once, and again after keys could not be had: they may have moved. */
export function createIssuer(settings: Settings, ports: Ports, closed: AbortSignal): Issuer {
  const fetchJson = createFetchText(ports, maxBytes.json, closed);
  const fetchToken: FetchText = createFetchText(ports, maxBytes.list, closed);
  let known: Promise<Metadata> | undefined;

  const metadata = (): Promise<Metadata> => {
    known ??= discover(fetchJson, settings).catch((cause: unknown) => {
      known = undefined;
      throw cause;
    });
    return known;
  };

  return {
    async fetchKeys() {
      const { jwksUri } = await metadata();
      try {
        return await readKeySet((await fetchJson(jwksUri, 'application/jwk-set+json, application/json')).text);
      } catch (cause) {
        known = undefined;
        throw cause;
      }
    },
    fetchList: async (uri) => (await fetchToken(uri, 'application/statuslist+jwt')).text,
    async feedUri() {
      const { feedUri } = await metadata();
      if (feedUri === undefined) throw new Error('the issuer has no feed');
      return feedUri;
    },
  };
}
