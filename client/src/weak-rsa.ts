import { base64url } from 'jose';

/** Primes below 168: what the fingerprint of the flawed generator is taken from (CVE-2017-15361, "The Return of Coppersmith's Attack" §2.2). */
const primes = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113,
  127, 131, 137, 139, 149, 151, 157, 163, 167,
];

const generator = 65_537;

/**
 * Whether an RSA key is one that others can forge with: shorter than 2,048 bits (RFC 7518 §3.3) or so long that checking it is an attack,
 * an exponent below 65,537 (NIST SP 800-56B §6.2; with 1 every text is its own signature), or made by the generator behind ROCA.
 *
 * @param n the modulus in base64url (RFC 7518 §6.3.1.1); `e` the exponent
 */
export function isWeakRsa(n: string, e: string): boolean {
  const [modulus, exponent] = [asInteger(n), asInteger(e)];
  const bits = modulus.toString(2).length;
  if (bits < 2_048 || bits > 8_192) return true;
  return exponent < BigInt(generator) || exponent % 2n === 0n || exponent >= 2n ** 256n || isRoca(modulus);
}

function asInteger(text: string): bigint {
  const hex = Array.from(base64url.decode(text), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return BigInt(`0x${hex || '0'}`);
}

/** Such a modulus is a power of 65,537 modulo each small prime; one honest one in 240 million is taken for it. */
const isRoca = (modulus: bigint): boolean =>
  primes.every((prime) => {
    const remainder = Number(modulus % BigInt(prime));
    let power = 1;
    for (let step = 0; step < prime; step += 1) {
      if (power === remainder) return true;
      power = (power * generator) % prime;
    }
    return false;
  });
