import { randomBytes } from 'node:crypto';
import { codeIn, unlessOk } from '../../ask.ts';
import { type Attack, control, judged } from '../../attack.ts';

/** Refusals of a token; and, once the address has sent too many, of whatever it makes up. */
const refusals: ReadonlySet<string | undefined> = new Set(['invalid-refresh-token', 'invalid_grant']);
const blocks: ReadonlySet<string | undefined> = new Set(['too-many-attempts', 'temporarily_unavailable']);

export const attack: Attack = {
  name: 'made-up refresh tokens',
  wants: 'Somebody’s session, by guessing its refresh token; or the server’s time; or that its owner is kept out.',
  source: 'RFC 6749 §10.10; RFC 9700 §4.14; OWASP Session Management',
  async *attempts(scene) {
    const { sessionId, refreshToken } = await scene.person();
    const from = scene.address();
    const part = (bytes: number) => randomBytes(bytes).toString('base64url');
    let [heard, blocked] = [0, false];
    for (let number = 0; number < 500; number += 1) {
      const session = number % 2 === 0 ? sessionId : part(16);
      const token = `${session}.${number % 3}.${part(32)}.${part(16)}`;
      const answer =
        number % 2 === 0
          ? await scene.ask('POST', '/refresh-access-token', { json: { refresh_token: token }, from })
          : await scene.ask('POST', '/token', { form: { grant_type: 'refresh_token', refresh_token: token }, from });
      blocked = blocks.has(codeIn(answer));
      if (!blocked) heard += 1;
      const refused = blocked ? answer.status === 429 : refusals.has(codeIn(answer));
      yield judged(`token ${number}`, refused ? undefined : `answered ${answer.status} ${answer.text}`);
    }
    yield judged(
      'as many as one likes',
      blocked ? undefined : `the last of 500 was heard, like ${heard - 1} before it`,
    );
    const answer = await scene.ask('POST', '/refresh-access-token', { json: { refresh_token: refreshToken }, from });
    yield control('the owner is let in at the same address', unlessOk(answer));
  },
};
