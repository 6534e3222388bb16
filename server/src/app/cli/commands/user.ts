import { foldEmail, foldUsername, type User, userNotFound } from '../../../features/users/index.ts';
import { asUserId, type UserId } from '../../../kernel/ids.ts';
import {
  argument,
  type Command,
  type CommandInput,
  requiredOption,
  tableText,
  UsageError,
  type World,
} from '../command.ts';

export const userCommands: readonly Command[] = [
  {
    words: ['user', 'create'],
    usage: '--email ADDRESS --username NAME [--admin] [--hash]',
    summary: 'create a user; the password (with --hash: its hash from another system) comes on standard input',
    options: {
      email: { type: 'string' },
      username: { type: 'string' },
      admin: { type: 'boolean' },
      hash: { type: 'boolean' },
    },
    needs: 'world',
    run: createUser,
  },
  {
    words: ['user', 'list'],
    usage: '[--deleted]',
    summary: 'list the users, with --deleted also those that are deleted',
    options: { deleted: { type: 'boolean' } },
    needs: 'world',
    async run(input, world) {
      const users = await allUsers(world, input.options.deleted === true);
      const rows = users.map((user) => [String(user.id), user.username, user.email, statusOf(user)]);
      return { text: tableText(['ID', 'USERNAME', 'EMAIL', 'STATUS'], rows), json: users.map(userJson) };
    },
  },
  {
    words: ['user', 'delete'],
    usage: '<id | e-mail | username>',
    takes: 1,
    summary: 'delete a user (soft); their sessions end at once',
    needs: 'world',
    async run(input, world) {
      const id = await resolveUser(world, argument(input, 0, 'id | e-mail | username'));
      await world.features.accounts.delete({ id, by: undefined });
      return { text: `Deleted user ${id}.`, json: { id, status: 'deleted' } };
    },
  },
  {
    words: ['user', 'disable'],
    usage: '<id | e-mail | username>',
    takes: 1,
    summary: 'shut a user out; their sessions end at once',
    needs: 'world',
    run: (input, world) => changeStatus(input, world, 'disable'),
  },
  {
    words: ['user', 'enable'],
    usage: '<id | e-mail | username>',
    takes: 1,
    summary: 'let a disabled user in again',
    needs: 'world',
    run: (input, world) => changeStatus(input, world, 'enable'),
  },
  {
    words: ['user', 'password'],
    usage: '<id | e-mail | username>',
    takes: 1,
    summary: 'give a user another password, which comes on standard input; their sessions end at once',
    needs: 'world',
    async run(input, world) {
      const id = await resolveUser(world, argument(input, 0, 'id | e-mail | username'));
      const password = await input.stdin('New password: ');
      if (password === '') throw new UsageError(noPassword);
      const ended = await world.features.accounts.setPassword({ id, password });
      return { text: `Changed the password of user ${id}; sessions ended: ${ended}.`, json: { id, ended } };
    },
  },
  {
    words: ['user', 'restore'],
    usage: '<id>',
    takes: 1,
    summary: 'undo a deletion, while the names are still free',
    needs: 'world',
    async run(input, world) {
      const id = parseId(argument(input, 0, 'id'));
      if (id === undefined) throw new UsageError('a deleted user has no name any more: give the id');
      await world.features.accounts.restore({ id, by: undefined });
      return { text: `Restored user ${id}.`, json: { id, status: 'active' } };
    },
  },
];

const noPassword = 'the password is read from standard input, and there was none';

async function changeStatus(input: CommandInput, world: World, change: 'disable' | 'enable') {
  const id = await resolveUser(world, argument(input, 0, 'id | e-mail | username'));
  await world.features.accounts.disabling[change]({ id, by: undefined });
  const [done, status] = change === 'disable' ? ['Disabled', 'disabled'] : ['Enabled', 'active'];
  return { text: `${done} user ${id}.`, json: { id, status } };
}

async function createUser(input: CommandInput, { ports, features }: World) {
  const names = { email: requiredOption(input, 'email'), username: requiredOption(input, 'username') };
  const admin = input.options.admin === true;
  const isHash = input.options.hash === true;
  const secret = await input.stdin(isHash ? 'Hash: ' : 'Password: ');
  if (secret === '') throw new UsageError(noPassword);
  const { create } = features.accounts;
  const account = await (isHash
    ? create.prepareWithHash({ ...names, passwordHash: secret })
    : create.prepare({ ...names, password: secret }));
  const id = await ports.db.transact((tx) => create.insert(tx, account, { admin, how: 'cli' }));
  return { text: `Created user ${id}${admin ? ' with the role admin' : ''}.`, json: { id, ...names, admin } };
}

/** The living user whom an operator means: by id, e-mail address or username. @throws userNotFound */
export async function resolveUser({ ports, features }: World, who: string): Promise<UserId> {
  const id = parseId(who);
  const user =
    id === undefined
      ? await features.users.findByKey(ports.db, { emailKey: foldEmail(who), usernameKey: foldUsername(who) })
      : await features.users.find(ports.db, id);
  if (user === undefined || user.deletedAt !== undefined) throw userNotFound({ detail: `There is no user ${who}.` });
  return user.id;
}

function parseId(text: string): UserId | undefined {
  return /^[1-9][0-9]{0,14}$/.test(text) ? asUserId(Number(text)) : undefined;
}

async function allUsers({ ports, features }: World, withDeleted: boolean): Promise<User[]> {
  const users: User[] = [];
  const limit = 1_000;
  for (let page: User[] = []; ; ) {
    page = await features.users.list(ports.db, { after: users.at(-1)?.id ?? 0, limit, withDeleted });
    users.push(...page);
    if (page.length < limit) return users;
  }
}

function statusOf({ deletedAt, disabledAt }: User): 'active' | 'deleted' | 'disabled' {
  if (deletedAt !== undefined) return 'deleted';
  return disabledAt === undefined ? 'active' : 'disabled';
}

const userJson = (user: User) => ({
  id: user.id,
  username: user.username,
  email: user.email,
  status: statusOf(user),
  created_at: new Date(user.createdAt).toISOString(),
});
