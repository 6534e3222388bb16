import { foldEmail } from '../../src/features/users/index.ts';
import type { RoleId, UserId } from '../../src/kernel/ids.ts';
import type { Answer, Call } from './client.ts';
import type { TestServer } from './server.ts';

export interface Account {
  readonly username: string;
  readonly email: string;
  readonly password: string;
}

export const ada: Account = { username: 'ada', email: 'ada@example.com', password: 'kestrel over the amber hill' };
export const bea: Account = { username: 'bea', email: 'bea@example.com', password: 'seven quiet lanterns burn' };

/** What a client holds of one session. */
export interface Held {
  readonly id: UserId;
  readonly sessionId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** Signs up; fails where that fails. */
export async function signUp(call: Call, account: Account = ada): Promise<Held> {
  return heldOf(await call('POST', '/signup', { json: account }));
}

/** Begins one more session. */
export async function logIn(call: Call, { email, password }: Account = ada): Promise<Held> {
  return heldOf(await call('POST', '/login', { json: { email, password } }));
}

function heldOf({ status, body }: Answer): Held {
  if (status !== 200 && status !== 201) throw new Error(`not signed in: ${status} ${JSON.stringify(body)}`);
  const refreshToken: string = body.refresh_token;
  const [sessionId = ''] = refreshToken.split('.');
  return { id: body.data.id, sessionId, accessToken: body.access_token, refreshToken };
}

/** The session that an access token is of. */
export function sessionOf(accessToken: string): string {
  return JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()).sid;
}

/** Notes that the address of a user is theirs, as if they had answered a mail. */
export async function verifyAddress({ db, clock, features: { users } }: TestServer, id: UserId): Promise<void> {
  await db.transact(async (tx) => {
    const { email = '' } = (await users.find(tx, id)) ?? {};
    if (!(await users.markVerified(tx, id, foldEmail(email), clock.now())))
      throw new Error(`${email} is not to be verified`);
  });
}

/** Ada, who has verified her address, and whose sign-up nobody talks about any more: neither its events nor its mails remain unread. */
export async function verifiedAda(server: TestServer, call: Call): Promise<Held> {
  const held = await signUp(call);
  await verifyAddress(server, held.id);
  await server.newEvents();
  await server.newMails();
  return held;
}

/** Of an event: what somebody from here has done about themselves. */
export const byThemselves = ({ id }: Pick<Held, 'id'>) =>
  ({ outcome: 'success', actor: id, subject: id, ip: '127.0.0.1' }) as const;

/** Whether an access token is still good, by asking. */
export async function lives(call: Call, { accessToken }: Pick<Held, 'accessToken'>): Promise<boolean> {
  const { status } = await call('GET', '/user', { token: accessToken });
  if (status !== 200 && status !== 401) throw new Error(`/user answered ${status}`);
  return status === 200;
}

/** Makes a role and gives it to `user`; no events remain unread. */
export async function giveRole(server: TestServer, user: UserId, name: string, permissions: readonly string[]) {
  const id = await makeRole(server, name, permissions);
  await server.features.roles.changeRole.assign({ user, role: name });
  await server.newEvents();
  return id;
}

/** Registers what is missing of `permissions`, and makes a role of them; no events remain unread. */
export async function makeRole(server: TestServer, name: string, permissions: readonly string[]): Promise<RoleId> {
  const { roles } = server.features;
  const known = new Set((await roles.store.listPermissions(server.db)).map((entry) => entry.name));
  for (const permission of permissions) {
    if (known.has(permission)) continue;
    await roles.registerPermission({ name: permission, description: '', by: undefined });
  }
  const { id } = await roles.createRole({ name, description: '', permissions, by: undefined });
  await server.newEvents();
  return id;
}
