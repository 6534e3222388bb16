import { daysAsSeconds, oneOf } from '../../config/parsers.ts';
import { section } from '../../config/setting.ts';
import { type AlgorithmName, algorithmNames } from './algorithms.ts';

export const keySettings = section('Signing keys', {
  algorithm: {
    variable: 'SIGNING_ALGORITHM',
    parse: oneOf(...algorithmNames),
    fallback: (): AlgorithmName => 'ES256',
    example: 'ES256',
    reason:
      'How tokens are signed: ES256, EdDSA (Ed25519) or RS256 (for verifiers that know nothing else; slower). A change begins a rotation.',
  },
  rotationSeconds: {
    variable: 'SIGNING_KEY_ROTATION_DAYS',
    parse: daysAsSeconds({ min: 1, max: 3_650 }),
    fallback: () => 90 * 86_400,
    example: '90',
    reason:
      'Days after which a new key signs. It is published before, and the old one verifies as long as its tokens live.',
  },
});
