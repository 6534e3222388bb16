import type { FastifyReply } from 'fastify';
import type { ApiCookie } from '../../http/cookies.ts';
import type { UserId } from '../../kernel/ids.ts';
import { type DeviceTokens, deviceLifeSeconds } from './device-token.ts';

/** Makes the browser a known device of the user, who has just proven their password there. */
export type RememberDevice = (reply: FastifyReply, user: UserId) => void;

export const createRememberDevice =
  (devices: DeviceTokens, cookie: ApiCookie): RememberDevice =>
  (reply, user) =>
    cookie.set(reply, devices.issue(user).reveal(), deviceLifeSeconds);
