/** Requests that two readers may take for different ones, each with another request hidden in it. */
export interface FramingAttack {
  readonly name: string;
  /** @param hidden a whole request, which must not be done */
  readonly bytes: (hidden: string) => string;
  /**
   * What the server says by itself: `refused` with 400 (or the status given), after which the connection is closed; `last` answers, after
   * which it is closed; or those answers, after which the next request is answered.
   */
  readonly says: { readonly refused: number } | { readonly last: number } | { readonly answers: readonly number[] };
}

export const refused = { refused: 400 } as const;
export const lines = (...all: readonly string[]): string => all.join('\r\n');
export const host = 'Host: auth.example.com';
export const json = 'Content-Type: application/json';
export const head = (...headers: readonly string[]): string =>
  lines('POST /login HTTP/1.1', host, json, ...headers, '', '');
export const chunk = (data: string): string => lines(data.length.toString(16), data, '');
export const inChunks = (hidden: string): string => `${chunk(hidden)}0\r\n\r\n`;
export const chunked = 'Transfer-Encoding: chunked';
