import { encode, signedBy } from '../../../server/test/support/forge.ts';
import type { Attack } from '../../attack.ts';
import { createForger } from '../../forger.ts';

const second = () => Math.floor(Date.now() / 1_000);

export const attack: Attack = {
  name: 'claims that say something else',
  wants:
    'To be somebody else, for longer, or from elsewhere: also with tokens that are genuine but meant for something else.',
  source: 'RFC 8725 §3.8–3.12; RFC 9068 §4; RFC 7519 §4.1; CWE-613',
  async *attempts(scene) {
    const forger = await createForger(scene);
    const { genuine, ours, theirs, person } = forger;
    const other = await scene.person();
    const [header = '', , signature = ''] = genuine.segments;
    const { exp: _, ...endless } = genuine.payload;
    const payloads: Readonly<Record<string, object>> = {
      'expired a second ago': { ...genuine.payload, exp: second() - 1 },
      'no expiry': endless,
      'an expiry that is no number': { ...endless, exp: 'never' },
      'an expiry of null': { ...endless, exp: null },
      'another issuer': { ...genuine.payload, iss: 'https://evil.example' },
      'the issuer with a slash': { ...genuine.payload, iss: `${genuine.payload.iss}/` },
      'another audience': { ...genuine.payload, aud: 'https://evil.example' },
      'our audience among others': { ...genuine.payload, aud: [genuine.payload.aud, 'https://evil.example'] },
      'no audience': { ...genuine.payload, aud: undefined },
      'another user over this session': { ...genuine.payload, sub: String(other.id) },
      'another session over this user': { ...genuine.payload, sid: other.sessionId },
      'no user': { ...genuine.payload, sub: '' },
      'no session': { ...genuine.payload, sid: undefined },
    };
    const forged: (readonly [string, string])[] = Object.entries(payloads).map(([what, payload]) => [
      what,
      signedBy(ours, genuine.header, payload),
    ]);
    for (const change of [
      { sub: String(other.id) },
      { exp: 99_999_999_999 },
      { permissions: ['users:delete'] },
      { roles: ['admin'] },
    ]) {
      const payload = { ...genuine.payload, ...change };
      forged.push([`${JSON.stringify(change)}, the old signature`, `${header}.${encode(payload)}.${signature}`]);
      forged.push([`${JSON.stringify(change)}, their signature`, signedBy(theirs.privateKey, genuine.header, payload)]);
    }
    for (const typ of ['JWT', 'jwt', 'AT+JWT', 'application/at+jwt', 'logout+jwt', 'statuslist+jwt', null, undefined]) {
      forged.push([`type ${typ}`, signedBy(ours, { ...genuine.header, typ }, genuine.payload)]);
    }
    forged.push(['a refresh token', person.refreshToken], ['a device token', person.device]);
    const list = await scene.ask('GET', '/status/lists/0');
    if (list.status === 200) forged.push(['a status list', list.text]);
    yield* forger.present(forged);
  },
};
