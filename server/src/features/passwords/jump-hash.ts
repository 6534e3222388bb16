/**
 * Spreads keys evenly over `buckets`, numbered from 0, so that of the keys only those that fall to the new ones move when there are more:
 * Lamping and Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm" (2014).
 *
 * @param key 64 bits @returns -1 where there is no bucket
 */
export function jumpHash(key: bigint, buckets: number): number {
  let state = key;
  let bucket = -1;
  let next = 0;
  while (next < buckets) {
    bucket = next;
    state = BigInt.asUintN(64, state * 2_862_933_555_777_941_757n + 1n);
    next = Math.floor((bucket + 1) * (2 ** 31 / (Number(state >> 33n) + 1)));
  }
  return bucket;
}
