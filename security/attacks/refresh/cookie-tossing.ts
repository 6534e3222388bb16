import { cookieIn, unlessRefused } from '../../ask.ts';
import { type Attack, control, judged } from '../../attack.ts';
import { refreshCookieName as name } from '../../people.ts';

export const attack: Attack = {
  name: 'cookies that a sibling domain tosses in',
  wants: 'The victim’s browser signed in as the enemy, by a cookie that another host of the same site has set.',
  source: 'RFC 6265bis §8.6 (weak integrity), §4.1.3.2 (__Host-); OWASP Session Management',
  async *attempts(scene) {
    const [victim, enemy] = [await scene.person(), await scene.person()];
    const planted = enemy.refreshToken;
    const own = `${name}=${victim.refreshToken}`;
    const cookies: Readonly<Record<string, string>> = {
      'under the name of development': `refresh_token=${planted}`,
      'under __Secure-': `__Secure-refresh_token=${planted}`,
      'in other letters': `__host-refresh_token=${planted}`,
      'before the true one': `${name}=${planted}; ${own}`,
      'behind the true one': `${own}; ${name}=${planted}`,
      'with a space in its name': `${name} =${planted}`,
      'within a quoted value': `other="x; ${name}=${planted}; ${name}=${planted}"`,
      'without a name': `=${name}=${planted}`,
      'with a comma': `other=1, ${name}=${planted}`,
    };
    for (const [what, cookie] of Object.entries(cookies)) {
      const answer = await scene.ask('GET', '/refresh-access-token', { cookie });
      yield judged(what, unlessRefused(answer, 401));
    }
    const beside = await scene.ask('GET', '/refresh-access-token', { cookie: `refresh_token=${planted}; ${own}` });
    yield control(
      'the true one counts beside one under another name',
      beside.body.user?.id === victim.id ? undefined : beside.text,
    );
    const attributes = beside.headers.filter(([header]) => /^set-cookie$/i.test(header)).map(([, value]) => value);
    const strict = attributes.every(
      (it) => /Path=\/; HttpOnly; SameSite=Strict; Secure$/.test(it) && !/domain/i.test(it),
    );
    yield judged(
      'a cookie that a sibling could have set',
      strict && cookieIn(beside, name) !== undefined ? undefined : attributes.join(),
    );
  },
};
