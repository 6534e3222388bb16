import { boolean, daysAsSeconds, integer } from '../../config/parsers.ts';
import { section } from '../../config/setting.ts';

const secondsPerDay = 86_400;
const longestDays = 3_650;

export const apiKeySettings = section('API keys', {
  defaultTtlSeconds: {
    variable: 'API_KEY_DEFAULT_DAYS',
    parse: daysAsSeconds({ min: 1, max: longestDays }),
    fallback: () => 90 * secondsPerDay,
    example: '90',
    reason: 'Days that an API key is good for whose maker does not say; never more than API_KEY_MAX_DAYS.',
  },
  longestTtlSeconds: {
    variable: 'API_KEY_MAX_DAYS',
    parse: daysAsSeconds({ min: 1, max: longestDays }),
    fallback: () => 365 * secondsPerDay,
    example: '365',
    reason: 'Days that an API key may be good for at most.',
  },
  mayNeverExpire: {
    variable: 'API_KEY_NEVER_EXPIRES',
    parse: boolean,
    fallback: () => false,
    example: 'off',
    reason: 'Whether keys may be made that never expire: nobody notices one that was forgotten.',
  },
  perUser: {
    variable: 'API_KEYS_PER_USER',
    parse: integer({ min: 0, max: 1_000 }),
    fallback: () => 25,
    example: '25',
    reason: 'How many keys that have not expired one user may have; 0: none are made.',
  },
});
