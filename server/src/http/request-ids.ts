import type { Random } from '../kernel/random.ts';

const bytesPerId = 16;
const idsPerDraw = 1_024;

/**
 * Makes ids of requests: random UUIDs (RFC 9562 §5.4), never taken from a header, so that nobody can write another's id into the log.
 * Randomness is drawn for many at once, because one draw costs more than the rest of the work.
 */
export function createRequestIds(random: Random): () => string {
  let pool = '';
  let at = 0;
  return () => {
    if (at === pool.length) {
      pool = hexOfUuids(random.bytes(bytesPerId * idsPerDraw));
      at = 0;
    }
    const first = at;
    at += 2 * bytesPerId;
    return `${pool.slice(first, first + 8)}-${pool.slice(first + 8, first + 12)}-${pool.slice(first + 12, first + 16)}-${pool.slice(first + 16, first + 20)}-${pool.slice(first + 20, at)}`;
  };
}

/** Writes version and variant into each id. */
function hexOfUuids(bytes: Buffer): string {
  for (let at = 0; at < bytes.length; at += bytesPerId) {
    bytes.writeUInt8((bytes.readUInt8(at + 6) & 0x0f) | 0x40, at + 6);
    bytes.writeUInt8((bytes.readUInt8(at + 8) & 0x3f) | 0x80, at + 8);
  }
  return bytes.toString('hex');
}
