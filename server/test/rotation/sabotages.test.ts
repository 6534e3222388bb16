/** The proof would notice: each sabotage of the rotation is found within a bounded number of histories. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openGround } from './ground.ts';
import { prove } from './proof.ts';
import { sabotages } from './sabotages.ts';

const bound = 2_000;

describe('the proof of the rotation finds', () => {
  for (const [sabotage, parts] of Object.entries(sabotages)) {
    test(sabotage, async (t) => {
      await using ground = await openGround(parts);
      const { histories, broken = '' } = await prove(ground, { runs: bound, seed: 4, endOnFailure: true });
      assert.notEqual(broken, '', `not found in ${histories} histories`);
      t.diagnostic(`found after ${histories} histories: ${broken.replace(/;.*$/, '')}`);
      // Found by a promise or by the model, and not because the sabotage itself fell over.
      assert.match(
        broken,
        /no order of these|ended before|honest client|got tokens|two tokens|can go on|record of|life was moved/,
      );
    });
  }
});
