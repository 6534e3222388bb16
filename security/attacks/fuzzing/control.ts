import { type Attack, control, note } from '../../attack.ts';
import { createPlayers, hunt } from '../../fuzz/hunt.ts';
import { createJudge } from '../../fuzz/judge.ts';
import { readApiDocument } from '../../fuzz/operations.ts';
import { openScene } from '../../scene.ts';
import { errorLines } from '../../suite.ts';
import { weakServer } from '../../weak/script.ts';

export const attack: Attack = {
  name: 'control: a server that falls over a quotation mark',
  wants: 'Nothing: it must be found, or a fuzzer that finds nothing proves nothing.',
  source: 'CWE-248',
  async *attempts({ quick, seed }) {
    await using scene = await openScene({ quick, seed, ...weakServer('careless') });
    const document = readApiDocument();
    const logIn = document.operations.find(({ operationId }) => operationId === 'logIn');
    if (logIn === undefined) throw new Error('the document has no logIn');
    const means = { document, judge: createJudge(document) };
    const { requests, fault } = await hunt(scene, means, logIn, createPlayers(scene, 'anonymous'), {
      runs: 3_000,
      seed,
    });
    yield control(
      'a 500 for a quotation mark',
      fault?.includes('the status is 500') ? undefined : `${fault} in ${requests} requests`,
    );
    yield control('its line in the log', errorLines(scene.log()).length > 0 ? undefined : 'there is none');
    if (fault !== undefined) yield note(`the control was found and shrunk: ${fault}`);
  },
};
