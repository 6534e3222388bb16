import { refusal } from '../../kernel/errors.ts';

export const unsupportedGrantType = refusal(
  'unsupported-grant-type',
  'invalid',
  'This server takes the grant types `password` and `refresh_token`.',
  'Send `grant_type=password` with `username` and `password`, or `grant_type=refresh_token` with `refresh_token` (RFC 6749 §4.3, §6).',
);

export const missingParameter = refusal(
  'missing-parameter',
  'invalid',
  'A parameter is missing.',
  '`error_description` names the parameter that the grant type needs (RFC 6749 §4.3.2, §6).',
);
