import type { Database } from '../db/database.ts';
import { accountAdminRoutes, accountRoutes, ownAccountRoutes } from '../features/accounts/index.ts';
import { apiKeyRoutes, userKeyRoutes } from '../features/api-keys/index.ts';
import { auditRoutes } from '../features/audit/index.ts';
import { directoryRoutes } from '../features/directory/index.ts';
import { emailChangeRoutes, emailFlowRoutes, passwordResetRoutes } from '../features/email-flows/index.ts';
import { keyRoutes } from '../features/keys/index.ts';
import { mailboxRoutes } from '../features/mail/index.ts';
import { oauthRoutes } from '../features/oauth/index.ts';
import { pageRoutes } from '../features/pages/index.ts';
import { passwordRoutes } from '../features/passwords/index.ts';
import { personalDataRoutes } from '../features/personal-data/index.ts';
import { permissionRoutes, roleRoutes, userRoleRoutes } from '../features/roles/index.ts';
import { ownSessionRoutes, sessionRoutes, userSessionRoutes } from '../features/sessions/index.ts';
import { signInRoutes } from '../features/sign-in/index.ts';
import { statusRoutes } from '../features/status/index.ts';
import { createRememberDevice } from '../features/throttle/index.ts';
import { userRoutes } from '../features/users/index.ts';
import { deviceCookie as createDeviceCookie, refreshCookie } from '../http/cookies.ts';
import { documentationRoutes } from '../http/documentation.ts';
import type { Route } from '../http/route.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Features } from './compose.ts';
import { healthRoutes } from './health.ts';
import { problemRoutes } from './problem-pages.ts';
import { version } from './version.ts';

/** `client_id` of tokens for our own API: there are no registered clients yet (RFC 9068 §2.2 wants the claim). */
const clientId = 'keyward';

/** What the OpenAPI document says of the API as a whole. */
export const apiInfo = {
  title: 'Keyward',
  version,
  description:
    'A self-hosted authentication server. Every refusal is a problem (RFC 9457) with a stable `code`; its `type` is the address of a page that says what to do.',
};

export interface RouteMapDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly features: Features;
  readonly production: boolean;
  /** Origins whose pages may use the refresh cookie. */
  readonly allowedOrigins: ReadonlySet<string>;
  readonly isStopping?: (() => boolean) | undefined;
}

/** The whole route map on one page. */
export function routeMap({
  db,
  clock,
  features,
  production,
  allowedOrigins,
  isStopping,
}: RouteMapDeps): readonly Route[] {
  const { audit, keys, roles, passwords, throttle, sessions, apiKeys, status } = features;
  const { accounts, directory, personalData, emailFlows, signIn, oauth, mail, pages } = features;
  const cookie = refreshCookie({ production });
  const deviceCookie = createDeviceCookie({ production });
  const rememberDevice = createRememberDevice(throttle.devices, deviceCookie);
  const routes: Route[] = [
    ...signInRoutes({
      ...signIn,
      cookie,
      deviceCookie,
      rememberDevice,
      clock,
      allowedOrigins,
      clientId,
    }),
    ...emailFlowRoutes({ ...emailFlows, cookie, deviceCookie, allowedOrigins }),
    ...oauthRoutes({ ...oauth, deviceCookie, clientId }),
    ...sessionRoutes({
      refreshSession: sessions.refresh,
      logOut: sessions.logOut,
      cookie,
      clock,
      allowedOrigins,
      clientId,
    }),
    ...ownSessionRoutes(sessions),
    ...userRoutes,
    ...directoryRoutes(directory),
    ...personalDataRoutes(personalData),
    ...accountRoutes({ ...accounts, rememberDevice }),
    ...ownAccountRoutes(accounts),
    ...accountAdminRoutes(accounts),
    ...passwordResetRoutes({ ...emailFlows, rememberDevice }),
    ...emailChangeRoutes({ ...emailFlows, cookie, deviceCookie, allowedOrigins }),
    ...passwordRoutes(passwords),
    ...userSessionRoutes(sessions),
    ...apiKeyRoutes(apiKeys),
    ...userKeyRoutes(apiKeys),
    ...roleRoutes(roles),
    ...permissionRoutes(roles),
    ...userRoleRoutes(roles),
    ...keyRoutes(keys),
    ...auditRoutes(audit),
    ...statusRoutes(status),
    ...mailboxRoutes(mail.mailbox),
    ...pageRoutes(pages),
    ...healthRoutes(db, isStopping),
  ];
  return [...routes, ...problemRoutes(() => routes), ...documentationRoutes({ info: apiInfo, routes: () => routes })];
}
