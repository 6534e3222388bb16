/**
 * The name among `known` that `name` was probably meant to be: another case, or at most two slips of the pen away
 * (one in a short name, where two make another word). `undefined` when it is known itself, or resembles none.
 */
export function nearMiss(name: string, known: readonly string[]): string | undefined {
  if (known.includes(name)) return undefined;
  const upper = name.toUpperCase();
  const slips = (candidate: string) => distance(upper, candidate);
  const close = known.filter((candidate) => slips(candidate) <= (candidate.length < 8 ? 1 : 2));
  return close.sort((a, b) => slips(a) - slips(b))[0];
}

/** Characters to add, drop, replace or swap with the next (optimal string alignment distance). */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = at(last, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const swaps = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const swapped = swaps ? at(beforeLast, column - 2) + 1 : replaced;
      current.push(Math.min(replaced, swapped, at(last, column) + 1, at(current, column - 1) + 1));
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

function at(costs: readonly number[], index: number): number {
  return costs[index] ?? Number.POSITIVE_INFINITY;
}
