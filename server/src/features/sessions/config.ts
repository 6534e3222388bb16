import { daysAsSeconds, integer, minutesAsSeconds } from '../../config/parsers.ts';
import { section } from '../../config/setting.ts';
import { longestTokenMinutes } from '../../kernel/token-life.ts';

const secondsPerDay = 86_400;

export const sessionSettings = section('Sessions and tokens', {
  accessTokenTtlSeconds: {
    variable: 'ACCESS_TOKEN_EXPIRE_MINUTES',
    parse: minutesAsSeconds({ min: 1, max: longestTokenMinutes }),
    fallback: () => 15 * 60,
    example: '15',
    reason:
      'Minutes that an access token is good for. It can be revoked at once all the same; short spares outside verifiers.',
  },
  refreshTtlSeconds: {
    variable: 'JWT_REFRESH_EXPIRY',
    parse: daysAsSeconds({ min: 1, max: 3_650 }),
    fallback: () => 30 * secondsPerDay,
    example: '30',
    reason: 'Days from login after which one must log in again, however busy the session was.',
  },
  idleTtlSeconds: {
    variable: 'SESSION_IDLE_DAYS',
    parse: daysAsSeconds({ min: 1, max: 3_650 }),
    fallback: () => undefined as number | undefined,
    example: '7',
    fallbackText: '',
    reason: 'Days without a refresh after which a session is over; not set: only the absolute life counts.',
  },
  graceSeconds: {
    variable: 'REFRESH_GRACE_SECONDS',
    parse: integer({ min: 0, max: 300 }),
    fallback: () => 10,
    example: '10',
    reason:
      'Seconds in which a refresh token that was just used gives the same answer again (tabs, lost answers); 0 is strict.',
  },
});
