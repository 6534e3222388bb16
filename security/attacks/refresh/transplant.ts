import { alphabet, withChar } from '../../../server/test/support/forge.ts';
import { unlessRefused } from '../../ask.ts';
import { type Attack, control, judged } from '../../attack.ts';

export const attack: Attack = {
  name: 'parts of one refresh token in another',
  wants: 'The session of another user, by moving its id, its generation or its tag into a token of one’s own.',
  source: 'CWE-639, CWE-345; RFC 6749 §10.4',
  async *attempts(scene) {
    const [own, victim] = [await scene.person(), await scene.person()];
    const [mine, theirs] = [own.refreshToken.split('.'), victim.refreshToken.split('.')];
    const tokens: Record<string, string> = {};
    for (let mask = 1; mask < 15; mask += 1) {
      const mixed = mine.map((part, at) => (mask & (1 << at) ? theirs[at] : part)).join('.');
      if (mixed !== own.refreshToken && mixed !== victim.refreshToken)
        tokens[`parts ${mask.toString(2).padStart(4, '0')}`] = mixed;
    }
    const [session, , secret, tag] = mine;
    for (const generation of ['1', '2', '-1', '00', '0.0', '1e0', '٠', '', '9999999999']) {
      tokens[`generation ${generation}`] = [session, generation, secret, tag].join('.');
    }
    const step = scene.quick ? 7 : 1;
    for (let at = 0; at < own.refreshToken.length; at += step) {
      const char = own.refreshToken[at] ?? '';
      if (char !== '.')
        tokens[`letter ${at}`] = withChar(own.refreshToken, at, alphabet[(alphabet.indexOf(char) + 1) % 64] ?? '');
    }
    for (const [what, token] of Object.entries(tokens)) {
      const answer = await scene.ask('POST', '/refresh-access-token', { json: { refresh_token: token } });
      yield judged(what, unlessRefused(answer, 401));
    }
    for (const who of [own, victim]) {
      const answer = await scene.ask('POST', '/refresh-access-token', { json: { refresh_token: who.refreshToken } });
      yield control('both sessions live on', answer.body.user?.id === who.id ? undefined : answer.text);
    }
  },
};
