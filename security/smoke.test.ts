import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Attack, control, judged } from './attack.ts';
import { loadFamily } from './discover.ts';
import { runFamily } from './suite.ts';
import { countsOf, isClean, tableOf } from './table.ts';
import { weakServer } from './weak/script.ts';

const options = { quick: true, seed: 1 };

describe('the attack suite against a server of its own process', () => {
  test('the family of the refresh tokens: all is refused, all controls are found', async () => {
    const report = await runFamily(await loadFamily('refresh'), options);
    const verdicts = report.attacks.flatMap((attack) => attack.verdicts);
    assert.deepEqual(
      verdicts.filter(({ kind }) => kind === 'fell-through'),
      [],
    );
    assert.ok(isClean([report]), tableOf([report]));
    assert.ok(countsOf(verdicts).attempted > 40);
  });

  test('what falls through, breaks off, or is no control is told, and the rest goes on', async () => {
    const made = (name: string, attempts: Attack['attempts']): Attack => ({
      name,
      wants: 'All.',
      source: 'RFC 0',
      attempts,
    });
    const attacks = [
      made('succeeds', async function* (scene) {
        const { status } = await scene.ask('GET', '/livez');
        yield judged('being answered', `answered ${status}`);
      }),
      made('breaks off', async function* () {
        yield control('is there', 'it is not');
        throw new Error('no such place');
      }),
    ];
    const seen: string[] = [];
    const report = await runFamily({ name: 'made', attacks }, options, ({ attack }) => seen.push(attack.name));
    assert.deepEqual(seen, ['succeeds', 'breaks off', 'what is left of the server']);
    assert.deepEqual(
      report.attacks
        .map(({ verdicts }) => countsOf(verdicts))
        .map((it) => [it.attempted, it.fellThrough, it.controls - it.controlsFound]),
      [
        [1, 1, 0],
        [1, 1, 1],
        [2, 0, 0],
      ],
    );
    assert.equal(isClean([report]), false);
  });

  test('a server that does not start is told, and nothing is clean', async () => {
    const never = { name: 'never', wants: 'All.', source: 'RFC 0', attempts: () => assert.fail('it was attacked') };
    const report = await runFamily(
      { name: 'made', attacks: [never] },
      { ...options, ...weakServer('no such weakness') },
    );
    const [first] = report.attacks;
    assert.equal(report.attacks.length, 1);
    assert.match(JSON.stringify(first?.verdicts), /fell-through.*not attacked: .*no such weakness/s);
    assert.equal(isClean([report]), false);
  });
});
