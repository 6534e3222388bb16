import type { FastifyReply } from 'fastify';
import type { ApiCookie } from '../../http/cookies.ts';
import { type DeviceTokens, deviceLifeSeconds, type PasswordVersion } from './device-token.ts';

/** Makes the browser a known device of the user who has proven a password there, for as long as that password holds. */
export type RememberDevice = (reply: FastifyReply, proven: PasswordVersion) => void;

export const createRememberDevice =
  (devices: DeviceTokens, cookie: ApiCookie): RememberDevice =>
  (reply, proven) =>
    cookie.set(reply, devices.issue(proven).reveal(), deviceLifeSeconds);
