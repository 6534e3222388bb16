import { headerOf } from '../../../server/test/support/wire.ts';
import { type Attack, control, judged } from '../../attack.ts';
import { readApiDocument } from '../../fuzz/operations.ts';
import { allowedOrigin, publicUrl } from '../../scene.ts';

const origins = [
  'null',
  'https://evil.example',
  `${allowedOrigin}.evil.example`,
  'https://evilapp.example.com',
  allowedOrigin.replace('https', 'http'),
  `${allowedOrigin}:443`,
  `${allowedOrigin}/`,
  allowedOrigin.toUpperCase(),
  `${allowedOrigin} `.trimEnd().concat('%00'),
  `${allowedOrigin}, https://evil.example`,
  publicUrl,
  '*',
  'file://',
];

export const attack: Attack = {
  name: 'pages of other origins that read answers',
  wants: 'To read a user’s answers from a page on another origin.',
  source: 'Fetch §3.2 (CORS); OWASP CORS misconfiguration; CWE-942',
  async *attempts(scene) {
    const { accessToken: token } = await scene.person();
    for (const { method, path, operationId } of readApiDocument().operations) {
      if (operationId === 'followStatus') continue;
      const url = path.replace(/\{\w+\}/g, '0');
      for (const origin of scene.quick ? origins.slice(0, 4) : origins) {
        const called = await scene.ask(method, url, { token, headers: [['Origin', origin]] });
        const preflight = await scene.ask('OPTIONS', url, {
          headers: [
            ['Origin', origin],
            ['Access-Control-Request-Method', method],
          ],
        });
        for (const [what, answer] of [
          ['the call', called],
          ['the preflight', preflight],
        ] as const) {
          const leave = headerOf(answer, 'access-control-allow-origin');
          const credentials = headerOf(answer, 'access-control-allow-credentials');
          // `*` alone is for public data, and goes without credentials (Fetch §3.3.5).
          const given = credentials !== undefined || (leave !== undefined && leave !== '*');
          yield judged(`${operationId}, ${what}, from ${origin}`, given ? `${leave}, ${credentials}` : undefined);
        }
      }
    }
    const answer = await scene.ask('GET', '/user', { token, headers: [['Origin', allowedOrigin]] });
    const leave = headerOf(answer, 'access-control-allow-origin');
    yield control('the allowed origin is given leave', leave === allowedOrigin ? undefined : String(leave));
    const person = await scene.ask('GET', '/user', { token, headers: [['Origin', 'https://evil.example']] });
    yield judged(
      'personal data for everybody',
      headerOf(person, 'access-control-allow-origin') === undefined ? undefined : '*',
    );
  },
};
