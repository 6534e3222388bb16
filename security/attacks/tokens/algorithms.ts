import { encode, macked, signedBy } from '../../../server/test/support/forge.ts';
import type { Attack } from '../../attack.ts';
import { createForger, type Forger } from '../../forger.ts';

const nones = ['none', 'None', 'NONE', 'nOnE', 'none ', '', 'n\u043ene', 'none\0', null, false, [], {}];
const others = ['ES384', 'ES512', 'ES256K', 'RS256', 'PS256', 'EdDSA', 'Ed25519', 'es256', 'ES256 ', 'ESP256', 'dir'];

export const attack: Attack = {
  name: 'algorithms that are not ours',
  wants: 'A token that passes without the key: no signature, or a MAC under the public key.',
  source: 'RFC 8725 §2.1, §3.1; CVE-2015-9235, CVE-2016-10555',
  async *attempts(scene) {
    const forger = await createForger(scene);
    const published = await scene.ask('GET', '/.well-known/jwks.json');
    yield* forger.present([...unsigned(forger), ...confused(forger, published.text), ...renamed(forger)]);
  },
};

function* unsigned({ genuine, ours }: Forger) {
  for (const alg of nones) {
    const header = { ...genuine.header, alg };
    const input = `${encode(header)}.${encode(genuine.payload)}`;
    yield [`alg ${JSON.stringify(alg)}, no signature`, `${input}.`] as const;
    yield [`alg ${JSON.stringify(alg)}, no dot`, input] as const;
    yield [`alg ${JSON.stringify(alg)}, the old signature`, `${input}.${genuine.segments[2]}`] as const;
    yield [`alg ${JSON.stringify(alg)}, signed by our key`, signedBy(ours, header, genuine.payload)] as const;
  }
}

/** The public key in every form that a library could take for a secret. */
function* confused({ genuine, publicKey }: Forger, jwks: string) {
  const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
  const jwk = publicKey.export({ format: 'jwk' });
  const secrets = {
    PEM: pem,
    'PEM without its last line break': pem.trimEnd(),
    DER: publicKey.export({ format: 'der', type: 'spki' }),
    JWK: JSON.stringify(jwk),
    'the key set as published': jwks,
    x: Buffer.from(jwk.x ?? '', 'base64url'),
    kid: String(genuine.header.kid),
    nothing: '',
  };
  for (const bits of [256, 384, 512] as const) {
    for (const [form, key] of Object.entries(secrets)) {
      const header = { ...genuine.header, alg: `HS${bits}` };
      yield [`HS${bits} under ${form}`, macked(bits, key as never, header, genuine.payload)] as const;
      yield [
        `HS${bits} under ${form}, called ES256`,
        macked(bits, key as never, genuine.header, genuine.payload),
      ] as const;
    }
  }
}

function* renamed({ genuine, ours }: Forger) {
  for (const alg of others)
    yield [`our signature called ${alg}`, signedBy(ours, { ...genuine.header, alg }, genuine.payload)] as const;
}
