import { type Attack, control, judged } from '../../attack.ts';
import { openScene } from '../../scene.ts';

export const attack: Attack = {
  name: 'no administrator left',
  wants: 'A server that nobody administers any more, by having two administrators remove each other at once.',
  source: 'CWE-362, CWE-367; contract: last-admin',
  async *attempts({ quick, seed }) {
    // Elsewhere there are other administrators.
    await using scene = await openScene({ quick, seed });
    const first = await scene.holder();
    for (const [method, path] of [
      ['DELETE', `/users/${first.id}`],
      ['POST', `/users/${first.id}/disable`],
    ] as const) {
      const alone = await scene.ask(method, path, { token: first.accessToken });
      yield judged(`${method} of the last one, by themselves`, alone.status === 409 ? undefined : alone.text);
    }
    let survivor = first;
    const rounds = quick ? 5 : 25;
    for (let round = 0; round < rounds; round += 1) {
      const second = await scene.holder();
      const disable = round % 2 === 0;
      const by = (who: typeof first, whom: typeof first) =>
        disable
          ? scene.ask('POST', `/users/${whom.id}/disable`, { token: who.accessToken })
          : scene.ask('DELETE', `/users/${whom.id}`, { token: who.accessToken });
      await Promise.all([by(survivor, second), by(second, survivor), by(survivor, survivor), by(second, second)]);
      const alive = [];
      for (const who of [survivor, second]) {
        const answer = await scene.ask('GET', '/permissions', { token: who.accessToken });
        if (answer.status === 200) alive.push(who);
      }
      yield judged(`race ${round}`, alive.length > 0 ? undefined : 'both are gone');
      survivor = alive[0] ?? (await scene.holder());
    }
    const answer = await scene.ask('GET', '/permissions', { token: survivor.accessToken });
    yield control('one is left and works', answer.status === 200 ? undefined : answer.text);
  },
};
