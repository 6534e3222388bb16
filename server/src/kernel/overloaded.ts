import { refusal } from './errors.ts';

/** The server has more to do than it can in time. Nothing was changed, so a repeat is safe. RFC 9110 §15.6.4. */
export const overloaded = refusal(
  'overloaded',
  'unavailable',
  'The server has too much to do right now. Try again in a moment.',
  'Wait for the number of seconds in the `Retry-After` header, then send the same request again: nothing was changed. ' +
    'If it keeps happening, the server needs more processor cores, or somebody is trying many passwords.',
);
