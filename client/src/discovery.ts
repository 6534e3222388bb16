import type { FetchText } from './fetch-text.ts';
import { isText, type JsonObject, parseObject } from './json.ts';

/** What a verifier needs of an issuer's metadata. */
export interface Metadata {
  readonly jwksUri: string;
  /** `undefined`: this issuer has no feed. */
  readonly feedUri: string | undefined;
}

const loopback = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/;

/** RFC 9700 §4.15: keys and revocations that came over an open line could be anybody's. Loopback never leaves the machine. */
export const isSafe = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || (protocol === 'http:' && loopback.test(hostname));

/** RFC 8414 §3.1: the well-known part goes between the host and the path of the issuer. */
function metadataUrl(issuer: string): string {
  const { origin, pathname } = new URL(issuer);
  return `${origin}/.well-known/oauth-authorization-server${pathname === '/' ? '' : pathname}`;
}

/** Which endpoints are followed. */
export interface EndpointRules {
  readonly issuer: string;
  /** Origins besides the issuer's own where its endpoints may live. */
  readonly trustedOrigins: readonly string[];
}

/**
 * Learns from the issuer URL alone where keys and feed are.
 *
 * @throws Error when the metadata are another issuer's (RFC 8414 §3.3), or name an endpoint at another place than the issuer's
 */
export async function discover(fetchText: FetchText, rules: EndpointRules): Promise<Metadata> {
  const { text } = await fetchText(metadataUrl(rules.issuer), 'application/json');
  const metadata = parseObject(text);
  if (metadata.issuer !== rules.issuer) {
    throw new Error(`the metadata are those of ${JSON.stringify(metadata.issuer)}, not of ${rules.issuer}`);
  }
  const jwksUri = endpoint(metadata, 'jwks_uri', rules);
  if (jwksUri === undefined) throw new Error('the metadata have no jwks_uri');
  return { jwksUri, feedUri: endpoint(metadata, 'status_feed_endpoint', rules) };
}

function endpoint(metadata: JsonObject, name: string, { issuer, trustedOrigins }: EndpointRules): string | undefined {
  const value = metadata[name];
  if (value === undefined) return undefined;
  const url = isText(value) ? new URL(value) : undefined;
  const own = url?.origin === new URL(issuer).origin && isSafe(url);
  if (url === undefined || !(own || trustedOrigins.includes(url.origin))) {
    throw new Error(`${name} is at a place that is not the issuer's: ${JSON.stringify(value)}`);
  }
  return url.href;
}

/**
 * Whether a token may send us to `uri` for its status list: only below its issuer, written as it will be fetched. A token's signature
 * makes it true, not harmless (RFC 9700 §4.11: no fetching of arbitrary addresses).
 */
export function isListUri(uri: string, issuer: string): boolean {
  if (uri.length > 512 || !uri.startsWith(`${issuer.replace(/\/$/, '')}/`) || !URL.canParse(uri)) return false;
  const { href, search, hash, username } = new URL(uri);
  return href === uri && search === '' && hash === '' && username === '';
}
