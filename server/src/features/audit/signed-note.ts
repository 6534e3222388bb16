import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { sha256Of } from './canonical.ts';

/** A public key by which notes are verified (c2sp.org/signed-note): its name is that of the record, its id eight hexadecimal digits. */
export interface VerifierKey {
  readonly name: string;
  readonly id: string;
  readonly publicKey: KeyObject;
}

/** The type of signature that c2sp.org/signed-note gives Ed25519. */
const ed25519 = Uint8Array.of(1);
const keyIdBytes = 4;
const signatureBytes = 64;
const publicKeyBytes = 32;

/** The signature line: an em dash, the name of the key, and base64 of its id with the signature. */
const signaturePattern = /^\u2014 (?<name>[^\s+]+) (?<signature>[A-Za-z\d+/]+={0,2})\n$/u;

/** SubjectPublicKeyInfo of Ed25519 without the key itself (RFC 8410 §4). */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

const rawKey = (publicKey: KeyObject): Buffer =>
  publicKey.export({ format: 'der', type: 'spki' }).subarray(spkiPrefix.length);

const idOf = (name: string, raw: Buffer): string =>
  sha256Of(name, '\n', ed25519, raw).subarray(0, keyIdBytes).toString('hex');

export const verifierKey = (name: string, publicKey: KeyObject): VerifierKey => ({
  name,
  id: idOf(name, rawKey(publicKey)),
  publicKey,
});

/** One line for a person to keep: `<name>+<id>+<base64>`, as Go's sumdb/note writes it. */
export const keyText = ({ name, id, publicKey }: VerifierKey): string =>
  `${name}+${id}+${Buffer.concat([ed25519, rawKey(publicKey)]).toString('base64')}`;

/** @returns `undefined` for a text that is no Ed25519 key of this form */
export function readKeyText(text: string): VerifierKey | undefined {
  const { name, id, key } = /^(?<name>[^\s+]+)\+(?<id>[\da-f]{8})\+(?<key>[A-Za-z\d+/=]+)$/u.exec(text)?.groups ?? {};
  if (name === undefined || key === undefined) return undefined;
  const bytes = Buffer.from(key, 'base64');
  const raw = bytes.subarray(1);
  if (bytes[0] !== ed25519[0] || raw.length !== publicKeyBytes || idOf(name, raw) !== id) return undefined;
  const publicKey = createPublicKey({ key: Buffer.concat([spkiPrefix, raw]), format: 'der', type: 'spki' });
  return { name, id, publicKey };
}

/** @param text ends with a line break @returns the text, a blank line, and the signature */
export function signNote(text: string, key: VerifierKey, privateKey: KeyObject): string {
  const signature = Buffer.concat([Buffer.from(key.id, 'hex'), sign(null, Buffer.from(text), privateKey)]);
  return `${text}\n\u2014 ${key.name} ${signature.toString('base64')}\n`;
}

/** A note that one of the keys has signed: its text, and which. */
export interface OpenedNote {
  readonly text: string;
  readonly key: VerifierKey;
}

/** @returns `undefined` where none of `keys` has signed it, or it is written in another way than `signNote` does */
export function openNote(note: string, keys: readonly VerifierKey[]): OpenedNote | undefined {
  const split = note.lastIndexOf('\n\n');
  const text = note.slice(0, split + 1);
  const { name, signature = '' } = signaturePattern.exec(note.slice(split + 2))?.groups ?? {};
  const bytes = Buffer.from(signature, 'base64');
  // Base64 has spellings that mean the same: a note has one.
  if (bytes.length !== keyIdBytes + signatureBytes || bytes.toString('base64') !== signature) return undefined;
  const id = bytes.subarray(0, keyIdBytes).toString('hex');
  const key = keys.find((known) => known.name === name && known.id === id);
  if (key === undefined) return undefined;
  return verify(null, Buffer.from(text), key.publicKey, bytes.subarray(keyIdBytes)) ? { text, key } : undefined;
}
