import type { WireRequest } from '../wire.ts';

/** The request as a command for a shell. Bytes that are no UTF-8 come by printf. */
export function curlOf(url: string, { method = 'GET', path, headers = [], body }: WireRequest): string {
  const parts = ['curl', '-i', '--path-as-is', '-X', method];
  for (const [name, value] of headers) parts.push('-H', quoted(value === '' ? `${name};` : `${name}: ${value}`));
  if (body === undefined) return [...parts, quoted(url + path)].join(' ');
  if (typeof body === 'string' && !body.includes('\0'))
    return [...parts, '--data-raw', quoted(body), quoted(url + path)].join(' ');
  const escaped = [...Buffer.from(body)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  return `printf '${escaped}' | ${[...parts, '--data-binary', '@-', quoted(url + path)].join(' ')}`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
