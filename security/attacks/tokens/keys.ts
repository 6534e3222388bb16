import { startCanary } from '../../../server/test/support/canary.ts';
import { macked, signedBy } from '../../../server/test/support/forge.ts';
import { type Attack, judged } from '../../attack.ts';
import { createForger, type Forger } from '../../forger.ts';

export const attack: Attack = {
  name: 'keys that the enemy brings along',
  wants: 'To have a token checked with a key of the enemy’s choice: in the header, behind an address, under a kid.',
  source: 'RFC 8725 §3.10; RFC 7515 §4.1; CVE-2018-0114; CWE-918',
  async *attempts(scene) {
    const forger = await createForger(scene);
    const { genuine, theirs } = forger;
    const jwk = { ...theirs.publicKey.export({ format: 'jwk' }), kid: genuine.header.kid, alg: 'ES256', use: 'sig' };
    await using canary = await startCanary({ keys: [jwk] });
    yield* forger.present([...lures(forger, canary.url, jwk), ...kids(forger)]);
    yield judged('having the server fetch a key', canary.heard.length === 0 ? undefined : canary.heard.join(', '));
  },
};

function* lures({ genuine, ours, theirs }: Forger, url: string, jwk: object) {
  const der = theirs.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  const { kid: _, ...nameless } = genuine.header;
  yield ['their key under our kid', signedBy(theirs.privateKey, genuine.header, genuine.payload)] as const;
  yield ['their key under no kid', signedBy(theirs.privateKey, nameless, genuine.payload)] as const;
  const headers: Readonly<Record<string, object>> = {
    'embedded jwk': { jwk },
    jku: { jku: `${url}/jwks.json` },
    'jku with their kid': { jku: `${url}/.well-known/jwks.json`, kid: 'theirs' },
    x5u: { x5u: `${url}/cert.pem` },
    x5c: { x5c: [der] },
    'x5t#S256': { 'x5t#S256': 'B' },
    'iss in the header': { iss: url },
    'kid as an address': { kid: `${url}/key` },
    'kid as an object': { kid: { url } },
    'crit of what nobody knows': { crit: ['b64'], b64: false },
    zip: { zip: 'DEF' },
  };
  for (const [what, more] of Object.entries(headers)) {
    const header = { ...genuine.header, ...more };
    yield [`${what}, their key`, signedBy(theirs.privateKey, header, { ...genuine.payload, iss: url })] as const;
    yield [`${what}, our key`, signedBy(ours, header, genuine.payload)] as const;
  }
}

const kidTricks = (kid: string): unknown[] => [
  '../../../../dev/null',
  '/proc/self/environ',
  'C:\\Windows\\win.ini',
  `${kid}' or '1'='1`,
  "x' union select 'AA' --",
  `${kid}; sleep 10`,
  '$(sleep 10)',
  `${kid}\0`,
  kid.toLowerCase() === kid ? kid.toUpperCase() : kid.toLowerCase(),
  '__proto__',
  'constructor',
  '',
  null,
  0,
  [kid],
];

function* kids({ genuine, ours }: Forger) {
  for (const kid of kidTricks(String(genuine.header.kid))) {
    const header = { ...genuine.header, kid };
    yield [`kid ${JSON.stringify(kid)}`, signedBy(ours, header, genuine.payload)] as const;
    yield [
      `kid ${JSON.stringify(kid)}, a MAC under nothing`,
      macked(256, '', { ...header, alg: 'HS256' }, genuine.payload),
    ] as const;
  }
}
