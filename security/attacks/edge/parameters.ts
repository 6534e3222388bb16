import { unlessRefused } from '../../ask.ts';
import { type Attack, control, judged } from '../../attack.ts';

export const attack: Attack = {
  name: 'parameters that stand twice',
  wants: 'A check that reads the first of two values while the work is done with the second.',
  source: 'OWASP WSTG-INPV-04 (HTTP parameter pollution); RFC 6749 §3.2; RFC 8259 §4; CWE-235',
  async *attempts(scene) {
    const [owner, other] = [await scene.person(), await scene.person()];
    const type = 'application/x-www-form-urlencoded';
    const enc = encodeURIComponent;
    const right = `grant_type=password&username=${enc(owner.email)}&password=${enc(owner.password)}`;
    const forms = [
      `${right}&username=${enc(other.email)}`,
      `username=${enc(other.email)}&${right}`,
      `${right}&password=x`,
      `${right}&grant_type=refresh_token`,
      `${right}&%75sername=${enc(other.email)}`,
      `${right}&username=`,
      `${right}&grant_type`,
      right.replace('username=', 'username[]='),
      right.replace('username=', 'username[0]='),
      right.replaceAll('&', ';'),
      right.replace('password&', 'password%26'),
    ];
    for (const raw of forms)
      yield judged(raw.slice(-50), unlessRefused(await scene.ask('POST', '/token', { raw, type }), 400));
    const { email, password } = owner;
    const text = JSON.stringify({ email, password });
    const twice = [
      `{"email":${JSON.stringify(other.email)},${text.slice(1)}`,
      `${text.slice(0, -1)},"email":${JSON.stringify(other.email)}}`,
      `${text.slice(0, -1)},"em\\u0061il":${JSON.stringify(other.email)}}`,
      `${text.slice(0, -1)},"EMAIL":${JSON.stringify(other.email)}}`,
      `[${text},${text}]`,
      `${text}${text}`,
      text.replace(`"${email}"`, `["${email}"]`),
      text.replace(`"${email}"`, `{"0":"${email}"}`),
    ];
    for (const raw of twice) {
      const answer = await scene.ask('POST', '/login', { raw, type: 'application/json' });
      yield judged(raw.slice(0, 60), unlessRefused(answer, 400, 422));
    }
    const query = `?user_id=${other.id}&id=${other.id}&email=${enc(other.email)}&access_token=x`;
    const answer = await scene.ask('GET', `/user${query}`, { token: owner.accessToken });
    yield judged('somebody else by the query', answer.body.id === owner.id ? undefined : answer.text);
    const plain = await scene.ask('POST', '/token', { raw: right, type });
    yield control('once, it is a login', plain.status === 200 ? undefined : plain.text);
  },
};
