import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Costs, jobs, measureCosts } from './measure.ts';

const path = join(import.meta.dirname, 'costs.json');

/** What the four jobs cost when somebody last said that they may. */
export const keptCosts = (): Costs => JSON.parse(readFileSync(path, 'utf8'));

/** How much more CPU than the kept figure is taken for noise: machines differ, and so do compilers and caches under load. */
export const cpuMargin = 2;

/**
 * What is not as it was kept: counts exactly, so that fewer are kept too, and CPU beyond the margin.
 *
 * @returns a sentence for each
 */
export function regressions(kept: Costs, measured: Costs): string[] {
  return jobs.flatMap((job) => {
    const [was, is] = [kept[job], measured[job]];
    const counts = (['statements', 'transactions', 'hashes'] as const)
      .filter((what) => was[what] !== is[what])
      .map((what) => `${job}: ${is[what]} ${what}, kept are ${was[what]}`);
    const cpu = is.cpuRatio > was.cpuRatio * cpuMargin;
    const much = `${job}: ${is.cpuRatio.toFixed(1)} times the CPU of a bare answer, kept are ${was.cpuRatio.toFixed(1)}`;
    return cpu ? [...counts, much] : counts;
  });
}

/** `npm run bench:guard` measures and keeps the result. */
if (import.meta.main) {
  const costs = await measureCosts();
  const rounded = Object.fromEntries(
    jobs.map((job) => [job, { ...costs[job], cpuRatio: Number(costs[job].cpuRatio.toFixed(1)) }]),
  );
  writeFileSync(path, `${JSON.stringify(rounded, undefined, 2)}\n`);
  process.stdout.write(readFileSync(path, 'utf8'));
}
