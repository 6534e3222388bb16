import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deflateSync } from 'node:zlib';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

/** What a test may make the fake issuer do. Everything may be changed at any time. */
export interface Behaviour {
  /** `down`: every request is answered 503; `elsewhere`: it is sent to another place. */
  issuer: 'up' | 'down' | 'elsewhere';
  feed: 'on' | 'missing' | 'full' | 'html';
  lists: 'on' | 'missing' | 'broken' | 'hanging';
  /** Replaces members of the metadata. */
  metadata: Record<string, unknown>;
  /** Replaces the whole JWKS. */
  jwks: unknown;
  /** Replaces members of a list's payload. */
  list: Record<string, unknown>;
  /** Replaces members of a list's header. */
  listHeader: Record<string, unknown>;
  /** Events that are sent at once when a feed opens; `undefined`: hello, keys, what was revoked, beat. */
  opening: string | undefined;
}

interface IssuerKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

const bits = 32_768;

/** Speaks the server's side of the protocol, and counts who asks. `now` is the verifier's clock. */
export async function startIssuer(now: () => number, path = '') {
  const behaviour: Behaviour = {
    issuer: 'up',
    feed: 'on',
    lists: 'on',
    metadata: {},
    jwks: undefined,
    list: {},
    listHeader: {},
    opening: undefined,
  };
  const keys: IssuerKey[] = [];
  const revoked = new Map<string, Set<number>>();
  const feeds = new Set<ServerResponse>();
  const requests: string[] = [];
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const url = origin + path;
  const listUri = (list = 0): string => `${url}/status/lists/${list}`;

  const newKey = async (kid: string, alg = 'ES256'): Promise<IssuerKey> => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    const key = { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
    keys.push(key);
    return key;
  };

  const sign = (payload: Record<string, unknown>, header: Record<string, unknown> = {}, key = keys[0]) => {
    if (key === undefined) throw new Error('no key');
    const protectedHeader = { alg: key.alg, typ: 'at+jwt', kid: key.kid, ...header };
    return new SignJWT(payload).setProtectedHeader(protectedHeader).sign(key.privateKey);
  };

  const claims = (over: Record<string, unknown> = {}): Record<string, unknown> => {
    const iat = Math.floor(now() / 1_000);
    return {
      iss: url,
      sub: '7',
      aud: url,
      exp: iat + 900,
      iat,
      jti: 'jti',
      client_id: 'web',
      sid: 'session',
      roles: ['writer'],
      permissions: ['posts:publish'],
      status: { status_list: { idx: 3, uri: listUri() } },
      ...over,
    };
  };

  const listToken = (uri: string): Promise<string> => {
    const array = new Uint8Array(bits / 8);
    for (const idx of revoked.get(uri) ?? []) array[idx >> 3] = (array[idx >> 3] ?? 0) | (1 << (idx & 7));
    const iat = Math.floor(now() / 1_000);
    const lst = deflateSync(array).toString('base64url');
    const payload = { iss: url, sub: uri, iat, exp: iat + 300, ttl: 30, status_list: { bits: 1, lst } };
    return sign({ ...payload, ...behaviour.list }, { typ: 'statuslist+jwt', ...behaviour.listHeader });
  };

  const event = (name: string, data: unknown): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
  const hello = () => event('hello', { issuer: url, beat_seconds: 5, replay_seconds: 120 });
  const keysEvent = () => event('keys', { kids: keys.map(({ kid }) => kid) });
  const revokedEvents = () => [...revoked].map(([uri, idx]) => event('revoked', { uri, idx: [...idx] })).join('');
  const beatEvent = (heldBack = 0) => event('beat', { at: Math.floor(now() / 1_000) - heldBack });
  const send = (text: string): void => {
    for (const feed of feeds) feed.write(text);
  };

  const json = (response: ServerResponse, value: unknown): void => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };

  const openFeed = (response: ServerResponse): void => {
    if (behaviour.feed === 'missing') return void response.writeHead(404).end();
    if (behaviour.feed === 'full') return void response.writeHead(503, { 'retry-after': '20' }).end();
    if (behaviour.feed === 'html') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>');
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(behaviour.opening ?? hello() + keysEvent() + revokedEvents() + beatEvent());
    feeds.add(response);
    response.on('close', () => feeds.delete(response));
  };

  const sendList = async (uri: string, response: ServerResponse): Promise<void> => {
    if (behaviour.lists === 'hanging') return;
    if (behaviour.lists === 'missing') return void response.writeHead(404).end();
    if (behaviour.lists === 'broken') return void response.writeHead(500).end();
    response.writeHead(200, { 'content-type': 'application/statuslist+jwt' }).end(await listToken(uri));
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const asked = request.url ?? '';
    requests.push(asked);
    if (behaviour.issuer === 'down') return void response.writeHead(503).end();
    if (behaviour.issuer === 'elsewhere') return void response.writeHead(302, { location: '/elsewhere' }).end();
    const metadata = {
      issuer: url,
      jwks_uri: `${url}/.well-known/jwks.json`,
      status_feed_endpoint: `${url}/status/feed`,
    };
    if (asked === `/.well-known/oauth-authorization-server${path}`)
      json(response, { ...metadata, ...behaviour.metadata });
    else if (asked === `${path}/.well-known/jwks.json`)
      json(response, behaviour.jwks ?? { keys: keys.map(({ jwk }) => jwk) });
    else if (asked === `${path}/status/feed`) openFeed(response);
    else if (asked.startsWith(`${path}/status/lists/`)) await sendList(origin + asked, response);
    else response.writeHead(404).end();
  };

  await newKey('first');
  return {
    url,
    behaviour,
    keys,
    requests,
    feeds,
    listUri,
    newKey,
    sign,
    claims,
    listToken,
    event,
    hello,
    send,
    token: (over: Record<string, unknown> = {}, header: Record<string, unknown> = {}, key?: IssuerKey) =>
      sign(claims(over), header, key ?? keys[0]),
    announceKeys: () => send(keysEvent()),
    /** @param heldBack seconds since the server has sent it */
    beat: (heldBack = 0) => send(beatEvent(heldBack)),
    /** In the list at once; the feed says it unless `silently`. */
    revoke(idx: number, uri = listUri(), silently = false) {
      revoked.set(uri, (revoked.get(uri) ?? new Set()).add(idx));
      if (!silently) send(event('revoked', { uri, idx: [idx] }));
    },
    dropFeeds() {
      for (const feed of feeds) feed.destroy();
    },
    count: (part: string) => requests.filter((asked) => asked.includes(part)).length,
    [Symbol.asyncDispose]: () => stop(server),
  };
}

export type FakeIssuer = Awaited<ReturnType<typeof startIssuer>>;

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
