import type { SessionId } from '../../kernel/ids.ts';
import type { RequestOrigin } from '../../kernel/origin.ts';
import type { CountMadeUpToken } from '../throttle/index.ts';
import type { AccessTokens } from './access-token.ts';
import type { EndPresented } from './end-presented.ts';
import { nothingToLogOut } from './errors.ts';
import type { RefreshTokens } from './refresh-token.ts';

/** What a client may present to be logged out; each that is valid ends its session. */
export interface LogOutCommand {
  readonly accessToken?: string | undefined;
  readonly refreshTokens: readonly string[];
  /** Ends every session of each user whom a valid one belongs to. */
  readonly allDevices?: boolean;
  readonly origin: RequestOrigin;
}

/** @throws nothingToLogOut when none of them belongs to a living session; tooManyAttempts */
export type LogOut = (command: LogOutCommand) => Promise<void>;

export function createLogOut(deps: {
  accessTokens: AccessTokens;
  refreshTokens: RefreshTokens;
  endPresented: EndPresented;
  countMadeUpToken: CountMadeUpToken;
}): LogOut {
  const { accessTokens, refreshTokens, endPresented, countMadeUpToken } = deps;

  /** A refresh token of any generation will do: ending a session is safe, whoever asks for it with a token of that session. */
  const sessionsOf = async (command: LogOutCommand): Promise<Set<SessionId>> => {
    const access = command.accessToken === undefined ? undefined : await accessTokens.verify(command.accessToken);
    const refresh = command.refreshTokens.map((token) => refreshTokens.read(token));
    return new Set([access, ...refresh].flatMap((token) => token?.sessionId ?? []));
  };

  return async (command) => {
    const reason = command.allDevices ? 'logout-all' : 'logout';
    const sessions = await sessionsOf(command);
    const presented = command.accessToken !== undefined || command.refreshTokens.length > 0;
    if (presented && sessions.size === 0) await countMadeUpToken(command.origin.ip);
    const ended = await endPresented(sessions, reason, command.origin);
    if (ended === 0) throw nothingToLogOut();
  };
}
