import type { FastifyReply, FastifyRequest } from 'fastify';

/** A cookie of this API: scripts cannot read it, and other sites cannot have it sent. */
export interface ApiCookie {
  readonly name: string;
  set(reply: FastifyReply, value: string, maxAgeSeconds: number): void;
  clear(reply: FastifyReply): void;
  /** Undefined when there is none, or when there are two of that name. */
  read(request: Pick<FastifyRequest, 'headers'>): string | undefined;
}

interface CookieOptions {
  readonly production: boolean;
}

/** Carries the refresh token. */
export const refreshCookie = (options: CookieOptions): ApiCookie => apiCookie('refresh_token', options);

/** Carries the device token, by which a browser that has logged in before is known. It outlives sessions. */
export const deviceCookie = (options: CookieOptions): ApiCookie => apiCookie('device', options);

/**
 * In production the name begins with `__Host-`, which browsers take only with Secure, `Path=/` and no Domain (RFC 6265bis §4.1.3.2), so
 * that a sibling domain cannot plant one. Development runs on plain http, where that name would be refused.
 */
function apiCookie(plainName: string, { production }: CookieOptions): ApiCookie {
  const name = production ? `__Host-${plainName}` : plainName;
  const attributes = `; Path=/; HttpOnly; SameSite=Strict${production ? '; Secure' : ''}`;
  return {
    name,
    set: (reply, value, maxAgeSeconds) => {
      reply.header('set-cookie', `${name}=${cookieValue(value)}; Max-Age=${Math.floor(maxAgeSeconds)}${attributes}`);
    },
    clear: (reply) => {
      // Expires besides Max-Age for clients that know only the older one.
      reply.header('set-cookie', `${name}=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT${attributes}`);
    },
    read: (request) => readCookie(request.headers.cookie, name),
  };
}

/**
 * The value of the cookie `name`. When the name stands twice neither is taken: one of them was tossed in from another path or
 * a sibling domain, the order does not tell which (RFC 6265 §5.4), and acting on the attacker's would sign the victim in as somebody else.
 */
export function readCookie(header: string | undefined, name: string): string | undefined {
  if (header === undefined || !header.includes(name)) return undefined;
  const values = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => unquote(pair.slice(name.length + 1)));
  const [value] = values;
  return values.length === 1 && value !== '' ? value : undefined;
}

const unquote = (value: string): string => (/^".*"$/.test(value) ? value.slice(1, -1) : value);

/** RFC 6265 §4.1.1 `cookie-octet`. Our tokens are within it; anything else is a fault of ours, not of a client. */
function cookieValue(value: string): string {
  if (!/^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/.test(value))
    throw new Error('a cookie value holds a character that RFC 6265 forbids');
  return value;
}
