import type { IncomingHttpHeaders } from 'node:http';

const charset = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;]*))/gi;

/** Whether a body is what it says by itself: no charset or UTF-8, and no compression, which nobody here would undo. */
export function isPlainUtf8(headers: IncomingHttpHeaders): boolean {
  return isUtf8Charset(headers['content-type']) && /^(?:identity)?$/i.test(headers['content-encoding'] ?? '');
}

/** Whether a `Content-Type` names no charset, or UTF-8. JSON and forms are always UTF-8 (RFC 8259 §8.1, URL Standard §5). */
function isUtf8Charset(contentType: string | undefined): boolean {
  for (const match of (contentType ?? '').matchAll(charset)) {
    const name = (match[1] ?? match[2] ?? '').toLowerCase();
    if (name !== 'utf-8' && name !== 'utf8') return false;
  }
  return true;
}
