import { refusal } from '../../kernel/errors.ts';

export const keyNotFound = refusal(
  'key-not-found',
  'missing',
  'There is no signing key with this kid, or it is revoked already.',
  'List the keys with `keyward keys list`.',
);
