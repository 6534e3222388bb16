import { daysAsSeconds } from '../../config/parsers.ts';
import { section } from '../../config/setting.ts';

export const personalDataSettings = section('Personal data', {
  deletedUserRetentionSeconds: {
    variable: 'DELETED_USER_RETENTION_DAYS',
    parse: daysAsSeconds({ min: 1, max: 36_500 }),
    fallback: () => 30 * 86_400,
    example: '30',
    reason:
      'Days after which all that is personal of a deleted user is erased for good; until then they can be restored.',
  },
});
