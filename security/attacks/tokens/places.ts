import { type AskOptions, unlessRefused } from '../../ask.ts';
import { type Attack, control, judged } from '../../attack.ts';

export const attack: Attack = {
  name: 'tokens in other places',
  wants:
    'To be let in by a token in the address, the body or a cookie, where it lands in logs or is sent by other sites.',
  source: 'RFC 6750 §2.2, §2.3, §5.3; RFC 9700 §4.3.2; CWE-598',
  async *attempts(scene) {
    const { accessToken: token, refreshToken } = await scene.person();
    const places: Readonly<Record<string, readonly [path: string, options: AskOptions]>> = {
      'in the query': [`/user?access_token=${token}`, {}],
      'in the query as token': [`/user?token=${token}&bearer=${token}&jwt=${token}`, {}],
      'in the query as a header': [`/user?Authorization=Bearer%20${token}`, {}],
      'in a form': ['/user', { form: { access_token: token } }],
      'in JSON': ['/user', { json: { access_token: token } }],
      'in a cookie': ['/user', { cookie: `access_token=${token}; token=${token}; Authorization=Bearer ${token}` }],
      'in the refresh cookie': ['/user', { cookie: `__Host-refresh_token=${token}` }],
      'as Basic': ['/user', { headers: [['Authorization', `Basic ${btoa(`${token}:`)}`]] }],
      'under another scheme': ['/user', { headers: [['Authorization', `Token ${token}`]] }],
      'without a scheme': ['/user', { headers: [['Authorization', token]] }],
      'with a tab': ['/user', { headers: [['Authorization', `Bearer\t${token}`]] }],
      'in quotes': ['/user', { headers: [['Authorization', `Bearer "${token}"`]] }],
      'in X-Authorization': ['/user', { headers: [['X-Authorization', `Bearer ${token}`]] }],
      'in Proxy-Authorization': ['/user', { headers: [['Proxy-Authorization', `Bearer ${token}`]] }],
      'in X-Access-Token': [
        '/user',
        {
          headers: [
            ['X-Access-Token', token],
            ['X-Auth-Token', token],
          ],
        },
      ],
      'two headers': [
        '/user',
        {
          headers: [
            ['Authorization', `Bearer ${token}`],
            ['Authorization', 'Bearer x'],
          ],
        },
      ],
      'the refresh token as an access token': ['/user', { token: refreshToken }],
    };
    for (const [what, [path, options]] of Object.entries(places)) {
      yield judged(what, unlessRefused(await scene.ask('GET', path, options), 401));
    }
    const json = { refresh_token: token };
    yield judged(
      'an access token for a refresh token',
      unlessRefused(await scene.ask('POST', '/refresh-access-token', { json }), 401),
    );
    const { status } = await scene.ask('GET', '/user', { token });
    yield control('the token is good where it belongs', status === 200 ? undefined : `answered ${status}`);
  },
};
