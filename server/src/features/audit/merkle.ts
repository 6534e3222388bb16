import { sha256Of } from './canonical.ts';

/** Leaves and inner nodes are hashed apart, so that neither passes for the other (RFC 9162 §2.1.1). */
const leafPrefix = Uint8Array.of(0);
const nodePrefix = Uint8Array.of(1);

export const hashBytes = 32;

export const leafHash = (data: string): Buffer => sha256Of(leafPrefix, data);
const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256Of(nodePrefix, left, right);

/**
 * The right edge of a Merkle tree: the roots of its complete subtrees, the greatest first. Their sizes are the binary digits of the tree's
 * size, so some twenty hashes are all that appending to a million leaves needs.
 */
export interface Frontier {
  readonly size: number;
  readonly subtrees: readonly Buffer[];
}

export const emptyFrontier: Frontier = { size: 0, subtrees: [] };

/** The tree with one more leaf. */
export function append({ size, subtrees }: Frontier, leaf: Buffer): Frontier {
  const grown = [...subtrees];
  let node = leaf;
  // As when one is added to a binary number: each digit that carries joins two subtrees of the same size.
  for (let digits = size; digits % 2 === 1; digits = Math.floor(digits / 2)) node = nodeHash(grown.pop() ?? node, node);
  return { size: size + 1, subtrees: [...grown, node] };
}

/** The root of the tree (RFC 9162 §2.1.1); of an empty one the hash of nothing. */
export function rootOf({ subtrees }: Frontier): Buffer {
  const [smallest, ...greater] = subtrees.toReversed();
  return smallest === undefined ? sha256Of() : greater.reduce((right, left) => nodeHash(left, right), smallest);
}

/** @returns base64 of the hashes, one behind the other */
export const joinHashes = (hashes: readonly Buffer[]): string => Buffer.concat(hashes).toString('base64');

/** @returns `undefined` for a text that `joinHashes` never writes */
export function splitHashes(text: string): Buffer[] | undefined {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length % hashBytes !== 0 || bytes.toString('base64') !== text) return undefined;
  return Array.from({ length: bytes.length / hashBytes }, (_, place) =>
    bytes.subarray(place * hashBytes, (place + 1) * hashBytes),
  );
}

/** The frontier that `joinHashes` wrote; `undefined` when it is none of a tree of this size. */
export function readFrontier(size: number, text: string): Frontier | undefined {
  const subtrees = splitHashes(text);
  const digits = size.toString(2).replaceAll('0', '').length;
  return subtrees?.length === digits ? { size, subtrees } : undefined;
}
