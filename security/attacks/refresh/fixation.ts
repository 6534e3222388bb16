import { cookieIn, unlessRefused } from '../../ask.ts';
import { type Attack, control, judged } from '../../attack.ts';
import { deviceCookieName, refreshCookieName } from '../../people.ts';

export const attack: Attack = {
  name: 'a session that was there before the login',
  wants: 'The victim signed in on a session whose tokens the enemy holds already.',
  source: 'CWE-384; OWASP Session Fixation; ASVS 5.0 7.2.4',
  async *attempts(scene) {
    const [victim, enemy] = [await scene.person(), await scene.person()];
    const cookie = `${refreshCookieName}=${enemy.refreshToken}; ${deviceCookieName}=${enemy.device}`;
    const { email, password } = victim;
    const login = await scene.ask('POST', '/login', { json: { email, password }, cookie });
    const token = cookieIn(login, refreshCookieName) ?? '';
    yield control('the victim logs in', login.status === 200 ? undefined : login.text);
    yield judged(
      'the session of the enemy is taken over',
      token.split('.')[0] !== enemy.sessionId ? undefined : 'it is',
    );
    const other = await scene.ask('POST', '/signup', { json: scene.account(), cookie });
    const fresh = cookieIn(other, refreshCookieName)?.split('.')[0];
    yield judged('the same at a sign-up', fresh !== undefined && fresh !== enemy.sessionId ? undefined : other.text);
    const kept = await scene.ask('GET', '/refresh-access-token', { cookie });
    yield judged('the enemy’s token becomes the victim’s', kept.body.user?.id === enemy.id ? undefined : kept.text);
    const json = { email, password, session_id: enemy.sessionId };
    yield judged('a session id in the body', unlessRefused(await scene.ask('POST', '/login', { json }), 422));
    for (const path of ['/login?sid=', '/login?refresh_token=', '/login;sid=']) {
      const answer = await scene.ask('POST', `${path}${enemy.sessionId}`, { json: { email, password } });
      const session = cookieIn(answer, refreshCookieName)?.split('.')[0];
      yield judged(`a session id in ${path}`, session === enemy.sessionId ? 'it was taken' : undefined);
    }
  },
};
