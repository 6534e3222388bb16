import { createHash } from 'node:crypto';
import type { BreachedPasswords } from '../kernel/breached-passwords.ts';
import type { Clock, Instant } from '../kernel/clock.ts';

export interface BreachedPasswordsOptions {
  /** What the first five signs of a digest are appended to, behind a slash. */
  readonly url: string;
  readonly clock: Clock;
  /** Is told why there was no answer, at most once in `quietMs`. */
  readonly warn: (text: string) => void;
  /** Milliseconds for the whole answer. */
  readonly timeoutMs?: number;
}

/** An answer of Pwned Passwords with its padding is some 60 KB; its largest will not be ten times that. */
const mostBytes = 512 * 1024;
const quietMs = 10 * 60_000;
const prefixLength = 5;

const linePattern = /^(?<rest>[\dA-F]{35}):(?<count>\d{1,15})$/i;

/**
 * Asks a service with the range API of Pwned Passwords. Of the password's SHA-1 it learns the first 20 bits, which hundreds of leaked
 * passwords share; what it answers, padded so that its length tells nothing, is searched here.
 */
export function createBreachedPasswords(options: BreachedPasswordsOptions): BreachedPasswords {
  const { url, clock, warn, timeoutMs = 1_000 } = options;
  let warnedAt: Instant | undefined;

  const complain = (error: unknown) => {
    const now = clock.now();
    if (warnedAt !== undefined && now - warnedAt < quietMs) return;
    warnedAt = now;
    warn(`new passwords are not compared with those of breaches: ${reasonOf(error)}`);
  };

  return {
    async has(password) {
      const digest = createHash('sha1').update(password, 'utf8').digest('hex').toUpperCase();
      try {
        const range = await fetchRange(`${url}/${digest.slice(0, prefixLength)}`, AbortSignal.timeout(timeoutMs));
        return isIn(range, digest.slice(prefixLength));
      } catch (error) {
        complain(error);
        return false;
      }
    },
  };
}

/** @throws when there is no whole answer of a bearable size */
async function fetchRange(url: string, signal: AbortSignal): Promise<string> {
  const headers = { 'add-padding': 'true', 'user-agent': 'keyward' };
  const response = await fetch(url, { headers, signal, redirect: 'error' });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`status ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > mostBytes) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('latin1');
}

/** Lines of padding have a count of zero. @throws when a line is none of the API */
function isIn(range: string, rest: string): boolean {
  const lines = range.split(/\r?\n/).filter((line) => line !== '');
  const entries = lines.map((line) => linePattern.exec(line)?.groups);
  if (entries.includes(undefined)) throw new Error('the answer is of another form');
  return entries.some((entry) => entry?.rest?.toUpperCase() === rest && Number(entry.count) > 0);
}

/** Never more than what went wrong: an address in a log would tell the digest. */
function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: { code?: unknown } };
  if (name === 'TimeoutError') return 'no answer in time';
  return typeof cause?.code === 'string' ? cause.code : message;
}
