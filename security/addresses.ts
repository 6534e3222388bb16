/** Addresses that nobody has used yet, one after the other. */
export function createAddresses(): () => string {
  let next = 0;
  return () => {
    next += 1;
    return `10.${(next >> 16) & 255}.${(next >> 8) & 255}.${next & 255}`;
  };
}
