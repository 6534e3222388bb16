/** A way in that is measured, as the bytes that go over the wire. */
export interface Door {
  readonly path: string;
  /** Of a refused password. */
  readonly status: number;
  request(name: string, password: string, from: string): string;
}

function written(path: string, type: string, body: string, from: string): string {
  const head = [
    `POST ${path} HTTP/1.1`,
    'Host: auth.example.com',
    // As long as any other, so that the length of an address tells nothing.
    `X-Forwarded-For: ${from.padStart(15, ' ')}`,
    `Content-Type: ${type}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

export const logInDoor: Door = {
  path: '/login',
  status: 401,
  request: (email, password, from) => written('/login', 'application/json', JSON.stringify({ email, password }), from),
};

export const tokenDoor: Door = {
  path: '/token',
  status: 400,
  request(username, password, from) {
    const form = new URLSearchParams({ grant_type: 'password', username, password });
    return written('/token', 'application/x-www-form-urlencoded', form.toString(), from);
  },
};

/** Asks for nothing that is measured. */
export const greeting = 'GET /livez HTTP/1.1\r\nHost: auth.example.com\r\n\r\n';
