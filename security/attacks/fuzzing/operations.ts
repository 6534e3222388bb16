import { type Attack, control, judged, note } from '../../attack.ts';
import { createPlayers, hunt } from '../../fuzz/hunt.ts';
import { createJudge } from '../../fuzz/judge.ts';
import { readApiDocument } from '../../fuzz/operations.ts';
import { roles } from '../../fuzz/request.ts';

/** Operations that no request of ours can bring to a success: the set-up token is the operator's. */
const outOfReach: ReadonlySet<string> = new Set(['setUp']);

export const attack: Attack = {
  name: 'every operation, with what nobody foresaw',
  wants:
    'A fault: a status, a type, a body or a code that is not declared, something of the inside, or what only others may have.',
  source: 'OWASP API8:2023; CWE-209, CWE-248; RFC 9457 §5; OpenAPI 3.1 as the oracle',
  async *attempts(scene) {
    const document = readApiDocument();
    const judge = createJudge(document);
    const reached = new Set<string>();
    const runs = scene.quick ? 25 : 150;
    for (const role of roles) {
      const players = createPlayers(scene, role);
      for (const operation of document.operations) {
        const { requests, successes, fault } = await hunt(scene, { document, judge }, operation, players, {
          runs,
          seed: scene.seed,
        });
        if (successes > 0) reached.add(operation.operationId);
        for (let request = 1; request < requests; request += 1) yield judged(operation.operationId, undefined);
        yield judged(`${operation.operationId} as ${role}`, fault);
      }
    }
    for (const { operationId } of document.operations) {
      if (outOfReach.has(operationId)) continue;
      yield control(
        `${operationId} succeeds for some request`,
        reached.has(operationId) ? undefined : 'none got so far; is there one in fuzz/examples.ts?',
      );
    }
    yield note(`${document.operations.length} operations as ${roles.join(', ')}; seed ${scene.seed}`);
  },
};
