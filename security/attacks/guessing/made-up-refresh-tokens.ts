import { randomBytes } from 'node:crypto';
import { codeIn } from '../../ask.ts';
import { type Attack, judged } from '../../attack.ts';

export const attack: Attack = {
  name: 'made-up refresh tokens',
  wants: 'Somebody’s session, by guessing its refresh token; or the server’s time.',
  source: 'RFC 6749 §10.10; RFC 9700 §4.14; OWASP Session Management',
  async *attempts(scene) {
    const { sessionId } = await scene.person();
    const from = scene.address();
    const part = (bytes: number) => randomBytes(bytes).toString('base64url');
    for (let number = 0; number < 500; number += 1) {
      const session = number % 2 === 0 ? sessionId : part(16);
      const token = `${session}.${number % 3}.${part(32)}.${part(16)}`;
      const answer =
        number % 2 === 0
          ? await scene.ask('POST', '/refresh-access-token', { json: { refresh_token: token }, from })
          : await scene.ask('POST', '/token', { form: { grant_type: 'refresh_token', refresh_token: token }, from });
      const refused = ['invalid-refresh-token', 'invalid_grant'].includes(codeIn(answer) ?? '');
      yield judged(`token ${number}`, refused ? undefined : `answered ${answer.status} ${answer.text}`);
    }
  },
};
