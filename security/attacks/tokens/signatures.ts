import { sign } from 'node:crypto';
import { alphabet, withChar } from '../../../server/test/support/forge.ts';
import { unlessRefused } from '../../ask.ts';
import { type Attack, judged } from '../../attack.ts';
import { createForger, type Forger } from '../../forger.ts';
import type { Scene } from '../../scene.ts';

const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const bytes = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(64, '0'), 'hex');

export const attack: Attack = {
  name: 'signatures cut, bent and written otherwise',
  wants:
    'A signature that passes though it is none, or another text for the same token that slips past whoever looks at texts.',
  source: 'CVE-2022-21449; RFC 7515 §2 (base64url without padding); CWE-347',
  async *attempts(scene) {
    const forger = await createForger(scene);
    yield* forger.present([...bent(forger), ...rewritten(forger), ...changed(forger, scene.quick ? 9 : 1)]);
    yield* mirrored(scene, forger);
  },
};

/**
 * Of a signature (r, s) of ECDSA everybody can make (r, order - s), which is as good: so nothing may hang on the text of a token. It must say
 * nothing else than the genuine one, and end with it.
 */
async function* mirrored(scene: Scene, { genuine, person }: Forger) {
  const raw = Buffer.from(genuine.segments[2], 'base64url');
  const s = BigInt(`0x${raw.subarray(32).toString('hex')}`);
  const signature = Buffer.concat([raw.subarray(0, 32), bytes(order - s)]).toString('base64url');
  const token = `${genuine.segments[0]}.${genuine.segments[1]}.${signature}`;
  const before = await scene.ask('GET', '/user', { token });
  const same = before.status === 401 || before.body.id === person.id;
  yield judged('mirrored: somebody else', same ? undefined : before.text);
  await scene.ask('POST', '/logout', { token: person.accessToken });
  yield judged('mirrored: after the logout', unlessRefused(await scene.ask('GET', '/user', { token }), 401));
}

function* bent({ genuine, ours }: Forger) {
  const [header, payload, signature] = genuine.segments;
  const input = `${header}.${payload}`;
  const raw = Buffer.from(signature, 'base64url');
  const [r, s] = [raw.subarray(0, 32), raw.subarray(32)];
  const made: Readonly<Record<string, Buffer>> = {
    'cut by a byte': raw.subarray(0, 63),
    'its first half': r,
    'a zero byte more': Buffer.concat([raw, Buffer.from([0])]),
    doubled: Buffer.concat([raw, raw]),
    'halves swapped': Buffer.concat([s, r]),
    zeros: Buffer.alloc(64),
    'r is the order': Buffer.concat([bytes(order), s]),
    's is the order': Buffer.concat([r, bytes(order)]),
    's and the order': Buffer.concat([r, Buffer.alloc(32, 0xff)]),
    'all bits set': Buffer.alloc(64, 0xff),
    DER: sign('sha256', Buffer.from(input), ours),
    'of another digest': sign('sha512', Buffer.from(input), { key: ours, dsaEncoding: 'ieee-p1363' }),
    'of the payload alone': sign('sha256', Buffer.from(payload), { key: ours, dsaEncoding: 'ieee-p1363' }),
  };
  for (const [what, it] of Object.entries(made)) yield [what, `${input}.${it.toString('base64url')}`] as const;
  yield ['missing', `${input}.`] as const;
  yield ['missing with its dot', input] as const;
  yield ['of another token', `${header}.${payload}A.${signature}`] as const;
}

function* rewritten({ genuine, person: { accessToken } }: Forger) {
  const [header, payload, signature] = genuine.segments;
  yield ['signature padded', `${accessToken}==`] as const;
  yield ['header padded', `${header}=.${payload}.${signature}`] as const;
  yield ['in hexadecimal', `${header}.${payload}.${Buffer.from(signature, 'base64url').toString('hex')}`] as const;
  yield ['a fourth segment', `${accessToken}.${signature}`] as const;
  yield ['a dot more', `${accessToken}.`] as const;
  yield ['as JSON', JSON.stringify({ protected: header, payload, signature })] as const;
  yield ['detached', `${header}..${signature}`] as const;
  yield ['twice', `${accessToken},${accessToken}`] as const;
  yield ['ten thousand dots', '.'.repeat(10_000)] as const;
  // The last character holds four bits that mean nothing: sixteen letters stand for the same bytes.
  for (const char of alphabet) {
    const other = withChar(accessToken, accessToken.length - 1, char);
    if (other !== accessToken) yield [`the last letter ${char}`, other] as const;
  }
}

function* changed({ person: { accessToken } }: Forger, step: number) {
  for (let at = 0; at < accessToken.length; at += step) {
    const char = accessToken[at] ?? '';
    const next = alphabet[(alphabet.indexOf(char) + 1) % alphabet.length] ?? 'A';
    yield [`letter ${at}`, withChar(accessToken, at, char === '.' ? '-' : next)] as const;
  }
}
