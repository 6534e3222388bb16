import { type Attack, control, judged } from '../../attack.ts';
import { publicUrl } from '../../scene.ts';
import { exchange } from '../../wire.ts';

const evil = 'evil.example';

const disguises: Readonly<Record<string, readonly string[]>> = {
  Host: [`Host: ${evil}`],
  'Host with a port': [`Host: ${evil}:443`],
  'Host as an address': [`Host: auth.example.com@${evil}`],
  'X-Forwarded-Host': ['Host: auth.example.com', `X-Forwarded-Host: ${evil}`],
  Forwarded: ['Host: auth.example.com', `Forwarded: host=${evil};proto=http`],
  'X-Host': [
    'Host: auth.example.com',
    `X-Host: ${evil}`,
    `X-Forwarded-Server: ${evil}`,
    `X-HTTP-Host-Override: ${evil}`,
  ],
  'X-Forwarded-Proto': ['Host: auth.example.com', 'X-Forwarded-Proto: http', `X-Forwarded-Port: 1234`],
};

const paths = [
  '/.well-known/oauth-authorization-server',
  '/.well-known/jwks.json',
  '/openapi.json',
  '/docs',
  '/redoc',
  '/status/lists',
  '/user',
  '/nowhere',
  '/problems/invalid-token',
];

export const attack: Attack = {
  name: 'hosts that the enemy names',
  wants: 'Addresses of the enemy’s host in answers, metadata and links, or in a cache before them.',
  source: 'CWE-644; OWASP WSTG-INPV-17 (Host header injection); RFC 9112 §3.2',
  async *attempts(scene) {
    for (const [what, lines] of Object.entries(disguises)) {
      for (const path of paths) {
        const said = await exchange(
          scene.url,
          `GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`,
          3_000,
        );
        const taken = said.text.includes(evil) || /"http:\/\/auth\.example|:1234/.test(said.text);
        yield judged(`${what} at ${path}`, taken ? said.text.slice(0, 300) : undefined);
      }
    }
    for (const [what, head] of Object.entries({
      'no Host': 'GET /livez HTTP/1.1\r\n\r\n',
      'two Hosts': `GET /livez HTTP/1.1\r\nHost: a\r\nHost: ${evil}\r\n\r\n`,
    })) {
      const said = await exchange(scene.url, head, 2_000);
      yield judged(what, said.text.startsWith('HTTP/1.1 400') ? undefined : said.text.slice(0, 100));
    }
    const { body } = await scene.ask('GET', '/.well-known/oauth-authorization-server');
    yield control(
      'the issuer is the one of the settings',
      body.issuer === publicUrl ? undefined : JSON.stringify(body),
    );
  },
};
