import { integer } from '../../config/parsers.ts';
import { section } from '../../config/setting.ts';

export const statusSettings = section('Status feed', {
  maxSubscribers: {
    variable: 'STATUS_FEED_MAX_SUBSCRIBERS',
    parse: integer({ min: 0, max: 100_000 }),
    fallback: () => 1_000,
    example: '1000',
    reason: 'How many verifiers may follow the feed of revocations at once, in each process; 0 turns it off.',
  },
});
