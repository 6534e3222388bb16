import { refusal } from '../../kernel/errors.ts';

export const statusListNotFound = refusal(
  'status-list-not-found',
  'missing',
  'There is no status list at this address.',
  'Take the address from the `status` claim of an access token, to the letter. A list is gone when the last of its sessions has been over for a week.',
);

export const tooManySubscribers = refusal(
  'too-many-subscribers',
  'unavailable',
  'The status feed takes no more subscribers at the moment.',
  'Wait for the number of seconds in the `Retry-After` header; until then fetch the status lists. One process needs one connection. ' +
    'If there are that many verifiers, raise `STATUS_FEED_MAX_SUBSCRIBERS`; behind a proxy see to it that `TRUST_PROXY` is right, since each address has a share of its own.',
);
