import { setTimeout as sleep } from 'node:timers/promises';
import { type Attack, control, judged, type Verdict } from './attack.ts';
import type { Family } from './discover.ts';
import { openScene, type Scene, type SceneOptions } from './scene.ts';

/** What came of one attack. */
export interface AttackReport {
  readonly attack: Pick<Attack, 'name' | 'wants' | 'source'>;
  readonly verdicts: readonly Verdict[];
  readonly seconds: number;
}

export interface FamilyReport {
  readonly family: string;
  readonly attacks: readonly AttackReport[];
}

/** Makes the attacks of a family, one after the other, against a server of their own. Where that cannot be had, it is told like an attack. */
export async function runFamily(
  family: Family,
  options: SceneOptions,
  onReport: (report: AttackReport) => void = () => {},
): Promise<FamilyReport> {
  const opened = await openScene(options).catch(notAttacked);
  if ('verdicts' in opened) {
    onReport(opened);
    return { family: family.name, attacks: [opened] };
  }
  await using scene = opened;
  const attacks: AttackReport[] = [];
  for (const attack of [...family.attacks, afterwards]) {
    const report = await carryOut(attack, scene);
    onReport(report);
    attacks.push(report);
  }
  return { family: family.name, attacks };
}

/** The families before it are not to be lost with this one. */
const notAttacked = (error: unknown): AttackReport => ({
  attack: { name: 'a server to attack', wants: 'Nothing: without it the family proves nothing.', source: 'none' },
  verdicts: [judged('the family as a whole', `was not attacked: ${String(error)}`)],
  seconds: 0,
});

async function carryOut(attack: Attack, scene: Scene): Promise<AttackReport> {
  const began = performance.now();
  const verdicts: Verdict[] = [];
  try {
    for await (const verdict of attack.attempts(scene)) verdicts.push(verdict);
  } catch (error) {
    // An attack that could not be made was not refused.
    verdicts.push(judged('the attack as a whole', `broke off: ${String(error)}`));
  }
  return { attack, verdicts, seconds: (performance.now() - began) / 1_000 };
}

/** Lines at the levels error and fatal. */
export const errorLines = (log: string): string[] => log.split('\n').filter((line) => /"level":[56]0\b/.test(line));

const afterwards: Attack = {
  name: 'what is left of the server',
  wants: 'A server that is down, or that has met a fault which nobody foresaw.',
  source: 'CWE-248, CWE-400',
  async *attempts(scene) {
    const ready = await scene.ask('GET', '/readyz');
    yield judged('making it stop', ready.status === 200 ? undefined : `/readyz answers ${ready.status}`);
    const [line] = errorLines(scene.log());
    yield judged('making it fail', line === undefined ? undefined : `the log has an error: ${line.slice(0, 600)}`);
    yield control('the log can be read', (await showsBanner(scene)) ? undefined : 'there is no banner in it');
  },
};

const bannerPatienceMs = 5_000;

/** A server answers before it has written its banner, so that a short family may be over sooner. */
async function showsBanner(scene: Scene): Promise<boolean> {
  const until = performance.now() + bannerPatienceMs;
  while (!scene.log().includes('Keyward')) {
    if (performance.now() > until) return false;
    await sleep(20);
  }
  return true;
}
