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
    const start = at;
    at += bytesPerId;
    return uuidAt(pool, start);
  };
}

const digits = Buffer.from('0123456789abcdef', 'latin1');
const text = Buffer.from('xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx', 'latin1');
/** Where in the text each byte stands. */
const places = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;

/** One text, written digit by digit: put together from its five parts it takes twice as long. */
function uuidAt(bytes: Buffer, start: number): string {
  bytes.writeUInt8((bytes.readUInt8(start + 6) & 0x0f) | 0x40, start + 6);
  bytes.writeUInt8((bytes.readUInt8(start + 8) & 0x3f) | 0x80, start + 8);
  for (let nth = 0; nth < bytesPerId; nth += 1) {
    const [place = 0, byte = 0] = [places[nth], bytes[start + nth]];
    text[place] = digits[byte >> 4] ?? 0;
    text[place + 1] = digits[byte & 15] ?? 0;
  }
  return text.toString('latin1');
}
