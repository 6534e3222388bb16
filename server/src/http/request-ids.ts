import type { Random } from '../kernel/random.ts';

const bytesPerId = 16;
const idsPerDraw = 1_024;

/**
 * Makes ids of requests: random UUIDs (RFC 9562 §5.4), never taken from a header, so that nobody can write another's id into the log.
 * Randomness is drawn for many at once, because one draw costs more than the rest of the work.
 */
export function createRequestIds(random: Random): () => string {
  let pool: Buffer = Buffer.alloc(0);
  let at = 0;
  return () => {
    if (at === pool.length) {
      pool = random.bytes(bytesPerId * idsPerDraw);
      at = 0;
    }
    const bytes = pool.subarray(at, at + bytesPerId);
    at += bytesPerId;
    return uuidOf(bytes);
  };
}

function uuidOf(bytes: Buffer): string {
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
