import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, codeIn, unlessRefused } from '../../ask.ts';
import { type Attack, control, judged } from '../../attack.ts';
import type { Scene } from '../../scene.ts';

const refresh = (scene: Scene, token: string): Promise<Answer> =>
  scene.ask('POST', '/refresh-access-token', { json: { refresh_token: token } });

/** Seconds in which the parent of a token may be repeated: the default of REFRESH_GRACE_SECONDS. */
const graceSeconds = 10;

export const attack: Attack = {
  name: 'a stolen refresh token, used after its owner',
  wants: 'A living session out of a token that its owner has used already.',
  source: 'RFC 9700 §4.14.2; RFC 6819 §5.2.2.3; ASVS 5.0 10.4.5',
  async *attempts(scene) {
    const owner = await scene.person();
    const second = await refresh(scene, owner.refreshToken);
    const third = await refresh(scene, second.body.refresh_token);
    yield control('the owner refreshes', third.status === 200 ? undefined : third.text);
    const stolen = await refresh(scene, owner.refreshToken);
    yield judged('the first of three', codeIn(stolen) === 'refresh-token-reused' ? undefined : stolen.text);
    yield judged(
      'the newest, after the theft was noticed',
      unlessRefused(await refresh(scene, third.body.refresh_token), 401),
    );
    yield judged(
      'the access token',
      unlessRefused(await scene.ask('GET', '/user', { token: third.body.access_token }), 401),
    );
    const form = { grant_type: 'refresh_token', refresh_token: owner.refreshToken };
    yield judged('the same at /token', unlessRefused(await scene.ask('POST', '/token', { form }), 400));
    yield* loggedOut(scene);
    if (!scene.quick) yield* afterTheGrace(scene);
  },
};

async function* loggedOut(scene: Scene) {
  const person = await scene.person();
  await scene.ask('POST', '/logout', { token: person.accessToken });
  yield judged('after the logout', unlessRefused(await refresh(scene, person.refreshToken), 401));
}

async function* afterTheGrace(scene: Scene) {
  const person = await scene.person();
  const next = await refresh(scene, person.refreshToken);
  await sleep((graceSeconds + 1) * 1_000);
  const stolen = await refresh(scene, person.refreshToken);
  yield judged('the parent, after its grace', codeIn(stolen) === 'refresh-token-reused' ? undefined : stolen.text);
  yield judged('its successor, after that', unlessRefused(await refresh(scene, next.body.refresh_token), 401));
}
