import type { UserId } from '../../src/kernel/ids.ts';
import { letMakeKeys, makeApiKey } from '../support/api-keys.ts';
import { type Call, createClient } from '../support/client.ts';
import { ada, giveRole, type Held, logIn, makeRole, signUp } from '../support/people.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Everybody who calls. `user` is the one whom the placeholders name, `other` somebody like them. */
export const callers = [
  'anonymous',
  'user',
  'other',
  'support',
  'admin',
  'deleted',
  'disabled',
  'key',
  'weak key',
] as const;

export type Caller = (typeof callers)[number];

/** What a caller sends along, on every route. */
export interface Credentials {
  readonly token?: string;
  readonly cookie?: string;
}

export interface AccessWorld extends AsyncDisposable {
  readonly server: TestServer;
  readonly call: Call;
  readonly credentials: Readonly<Record<Caller, Credentials>>;
  /** What stands for the placeholders. */
  readonly ids: Readonly<Record<string, string>>;
  /** The user of the placeholders. */
  readonly user: Held;
}

/** Everybody's. */
export const password: string = ada.password;

/** What the people of a help desk hold: they see and help, and neither delete nor hand out anything. */
const supportPermissions: readonly string[] = [
  'users:read',
  'users:disable',
  'sessions:read',
  'sessions:end',
  'api-keys:read',
  'api-keys:revoke',
  'roles:read',
  'permissions:read',
];

/** Nobody put it into a role, so it can be removed. */
const permission = 'posts:review';

/** A server with one of each sort of caller, and one of each thing that a path can name. */
export async function createAccessWorld(): Promise<AccessWorld> {
  const server = await startServer({ env: { RATE_LIMITS: 'off' } });
  const call = createClient(server.url);
  const join = (name: string) => signUp(call, { username: name, email: `${name}@example.com`, password });
  const user = await join('user');
  const other = await join('other');
  const support = await join('support');
  const [deleted, disabled] = [await join('deleted'), await join('disabled')];
  const admin = await join('admin-of-all');
  const second = await logIn(call, { ...ada, email: 'user@example.com' });

  const { accounts, audit, roles } = server.features;
  await roles.changeRole.assign({ user: admin.id, role: 'admin' });
  await giveRole(server, support.id, 'support', [...supportPermissions, 'posts:publish']);
  const role = await makeRole(server, 'editor', ['posts:publish']);
  await roles.registerPermission({ name: permission, description: '', by: undefined });
  const apiKey = await keyOf(server, call, user);
  const keys = await keysOf(server, call, admin);
  const names = { username: 'invited', email: 'invited@example.com', password: undefined };
  const invited = await accounts.createUser({ ...names, invite: true, by: undefined });
  await accounts.delete({ id: deleted.id, by: undefined });
  await accounts.disabling.disable({ id: disabled.id, by: undefined });
  await audit.seal.all();
  const mail = await postMail(server);
  await server.newEvents();

  return {
    server,
    call,
    user,
    credentials: {
      anonymous: {},
      user: credentialsOf(user),
      other: credentialsOf(other),
      support: credentialsOf(support),
      admin: credentialsOf(admin),
      deleted: credentialsOf(deleted),
      disabled: credentialsOf(disabled),
      ...keys,
    },
    ids: {
      user: String(user.id),
      deleted: String(deleted.id),
      disabled: String(disabled.id),
      invited: String(invited),
      session: second.sessionId,
      key: apiKey,
      role: String(role),
      permission,
      list: '0',
      code: 'invalid-token',
      file: 'start.js',
      mail,
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** A mail in the mailbox of development. */
async function postMail({ db, features }: TestServer): Promise<string> {
  const data = {
    username: 'user',
    link: 'http://localhost:8000/mail/verify-email#token=x',
    code: undefined,
    minutes: 5,
  };
  const reader = { id: undefined, email: 'user@example.com', locale: 'en' };
  const letter = { template: 'verify-email', data } as const;
  await db.transact((tx) => features.mail.postTo(tx, reader, letter, { lifeSeconds: 300 }));
  const [mail] = (await features.mail.mailbox?.list()) ?? [];
  return mail?.id ?? '';
}

const credentialsOf = ({ accessToken: token, refreshToken: cookie }: Held): Credentials => ({ token, cookie });

/** A key of a user who holds nothing any more. */
async function keyOf(server: TestServer, call: Call, { id, accessToken }: Held): Promise<string> {
  await letMakeKeys(server, id, ['posts:publish']);
  const made = await makeApiKey(call, accessToken, ['posts:publish']);
  await server.features.roles.changeRole.unassign({ user: id, role: makersRole(id) });
  return made.id;
}

const makersRole = (id: UserId): string => `maker ${id}`;

/** One that holds all that a key can hold, and one that holds nothing that the API itself asks for. */
async function keysOf(server: TestServer, call: Call, { accessToken }: Held) {
  const names = (await server.features.roles.store.listPermissions(server.db)).map(({ name }) => name);
  const all = names.filter((name) => !name.startsWith('api-keys:'));
  return {
    key: { token: (await makeApiKey(call, accessToken, all)).key },
    'weak key': { token: (await makeApiKey(call, accessToken, ['posts:publish'])).key },
  };
}
