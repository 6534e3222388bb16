const charset = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;]*))/gi;

/** Whether a `Content-Type` names no charset, or UTF-8. JSON and forms are always UTF-8 (RFC 8259 §8.1, URL Standard §5). */
export function isUtf8Charset(contentType: string | undefined): boolean {
  for (const match of (contentType ?? '').matchAll(charset)) {
    const name = (match[1] ?? match[2] ?? '').toLowerCase();
    if (name !== 'utf-8' && name !== 'utf8') return false;
  }
  return true;
}
