import { unlessRefused } from '../../ask.ts';
import { type Attack, control, judged } from '../../attack.ts';

export const attack: Attack = {
  name: 'becoming the first administrator',
  wants: 'The role of the administrator on a server that was just installed, or long after.',
  source: 'CWE-1188 (insecure default); CWE-1391; ASVS 5.0 6.3.2',
  async *attempts(scene) {
    const admin = await scene.holder();
    const setUp = (token: string) =>
      scene.ask('POST', '/setup', { json: { ...scene.account(), setup_token: token }, from: scene.address() });
    const printed = /setup_token":"([^"]+)"/.exec(scene.log())?.[1];
    yield control('a token was printed at the start', printed === undefined ? 'there is none' : undefined);
    for (const token of ['x', 'A'.repeat(43), '0'.repeat(64), "' or 1=1 --", '*', printed ?? '?']) {
      yield judged(
        `with ${token === printed ? 'the printed token, when there is one already' : token}`,
        unlessRefused(await setUp(token), 403),
      );
    }
    for (const [email, password] of [
      ['admin@example.com', 'admin'],
      ['admin', 'admin'],
      ['root@localhost', 'password'],
      ['admin@localhost', 'changeme'],
      ['keyward', 'keyward'],
    ] as const) {
      const answer = await scene.ask('POST', '/token', { form: { grant_type: 'password', username: email, password } });
      yield judged(`by default: ${email} ${password}`, unlessRefused(answer, 400));
    }
    const answer = await scene.ask('GET', '/permissions', { token: admin.accessToken });
    yield control('there is an administrator', answer.status === 200 ? undefined : answer.text);
  },
};
