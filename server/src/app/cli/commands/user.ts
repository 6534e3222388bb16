import { type ListUsersCommand, userRecordReply } from '../../../features/directory/index.ts';
import { foldEmail, foldUsername, userNotFound } from '../../../features/users/index.ts';
import { asUserId, type UserId } from '../../../kernel/ids.ts';
import {
  argument,
  type Command,
  type CommandInput,
  choice,
  optionalInstant,
  optionalText,
  requiredOption,
  tableText,
  UsageError,
  type World,
} from '../command.ts';
import { pagesOf } from '../pages.ts';

export const who = 'id | e-mail | username';

export const userCommands: readonly Command[] = [
  {
    words: ['user', 'create'],
    usage: '--email ADDRESS --username NAME [--admin] [--verified] [--hash | --no-password]',
    summary:
      'create a user; the password (with --hash: its hash from another system) comes on standard input, with --no-password there is none; --verified: the address is known to be theirs',
    options: {
      email: { type: 'string' },
      username: { type: 'string' },
      admin: { type: 'boolean' },
      verified: { type: 'boolean' },
      hash: { type: 'boolean' },
      'no-password': { type: 'boolean' },
    },
    needs: 'world',
    run: createUser,
  },
  {
    words: ['user', 'invite'],
    usage: '<e-mail> [--username NAME] [--role NAME]...',
    takes: 1,
    summary:
      'create a user without a password, and send them a link by which they choose one; once more to one who has not come in yet',
    options: { username: { type: 'string' }, role: { type: 'string', multiple: true } },
    needs: 'world',
    run: inviteUser,
  },
  {
    words: ['user', 'list'],
    usage:
      '[--status active|disabled|deleted|any] [--email START | --username START | --id ID | --role NAME] [--created-after INSTANT] [--created-before INSTANT] [--sort [-]created|email|username] [--limit NUMBER]',
    summary: 'list the users who are there, or those whom the options tell; --deleted is --status any',
    options: {
      status: { type: 'string' },
      email: { type: 'string' },
      username: { type: 'string' },
      id: { type: 'string' },
      role: { type: 'string' },
      'created-after': { type: 'string' },
      'created-before': { type: 'string' },
      sort: { type: 'string' },
      limit: { type: 'string' },
      deleted: { type: 'boolean' },
    },
    needs: 'world',
    run: listUsers,
  },
  {
    words: ['user', 'show'],
    usage: `<${who}>`,
    takes: 1,
    summary: 'show a user; by the id also one who is deleted',
    needs: 'world',
    async run(input, world) {
      const id = await resolveAnyUser(world, argument(input, 0, who));
      const json = userRecordReply(id, await world.features.directory.show(id, undefined));
      return {
        text: tableText(
          ['FIELD', 'VALUE'],
          Object.entries(json).map(([key, value]) => [key, String(value)]),
        ),
        json,
      };
    },
  },
  {
    words: ['user', 'verify'],
    usage: `<${who}>`,
    takes: 1,
    summary: 'say that the address of a user is theirs',
    needs: 'world',
    async run(input, world) {
      const id = await resolveUser(world, argument(input, 0, who));
      await world.features.accounts.renameUser({ id, verified: true, by: undefined });
      return { text: `Verified the address of user ${id}.`, json: { id, email_verified: true } };
    },
  },
  {
    words: ['user', 'update'],
    usage: `<${who}> [--email ADDRESS] [--username NAME]`,
    takes: 1,
    summary: 'change the e-mail address or the username of a user; their sessions go on',
    options: { email: { type: 'string' }, username: { type: 'string' } },
    needs: 'world',
    async run(input, world) {
      const id = await resolveUser(world, argument(input, 0, who));
      const names = { email: optionalText(input, 'email'), username: optionalText(input, 'username') };
      if (names.email === undefined && names.username === undefined) throw new UsageError('give --email or --username');
      await world.features.accounts.renameUser({ id, ...names, by: undefined });
      return { text: `Updated user ${id}.`, json: { id, ...names } };
    },
  },
];

export const noPassword = 'the password is read from standard input, and there was none';

async function createUser(input: CommandInput, { ports, features }: World) {
  const names = { email: requiredOption(input, 'email'), username: requiredOption(input, 'username') };
  const [admin, verified] = [input.options.admin === true, input.options.verified === true];
  const account = await prepareAccount(input, features, names);
  const id = await ports.db.transact((tx) =>
    features.accounts.create.insert(tx, account, { admin, verified, how: 'cli' }),
  );
  return { text: `Created user ${id}${admin ? ' with the role admin' : ''}.`, json: { id, ...names, admin } };
}

async function inviteUser(input: CommandInput, { ports, features }: World) {
  const email = argument(input, 0, 'e-mail');
  const roles = [input.options.role ?? []].flat().map(String);
  // Before anything is sent: a role that is misspelled is found while there is nothing to take back.
  for (const role of roles) {
    const known = await features.roles.store.findRoleId(ports.db, role);
    if (known === undefined) throw new UsageError(`there is no role ${role}`);
  }
  const { accounts, users } = features;
  const invited = await users.findByEmail(ports.db, foldEmail(email));
  if (invited !== undefined) await accounts.inviteUser({ id: invited.id, by: undefined });
  const id = invited?.id ?? (await accounts.createUser({ ...namesIn(input, email), invite: true, by: undefined }));
  for (const role of roles) await features.roles.changeRole.assign({ user: id, role });
  return { text: `Invited user ${id}.`, json: { id, email, roles } };
}

const namesIn = (input: CommandInput, email: string) => ({
  email,
  username: requiredOption(input, 'username'),
  password: undefined,
});

async function prepareAccount(
  input: CommandInput,
  features: World['features'],
  names: { email: string; username: string },
) {
  const { create } = features.accounts;
  const isHash = input.options.hash === true;
  if (input.options['no-password'] === true) {
    if (isHash) throw new UsageError('give --hash or --no-password, not both');
    return create.prepareWithoutPassword(names);
  }
  const secret = await input.stdin(isHash ? 'Hash: ' : 'Password: ');
  if (secret === '') throw new UsageError(noPassword);
  return isHash
    ? create.prepareWithHash({ ...names, passwordHash: secret })
    : create.prepare({ ...names, password: secret });
}

/** So many are read at once; all of them are printed. */
const perPage = 500;

async function listUsers(input: CommandInput, { features }: World) {
  const query = listQuery(input);
  const most = wholeNumber(input, 'limit') ?? Number.POSITIVE_INFINITY;
  const told = await pagesOf({ most, perPage }, async (limit, cursor: string | undefined) => {
    const page = await features.directory.list({ ...query, limit, cursor, by: undefined });
    return { items: page.users.map((user) => userRecordReply(asUserId(user.id ?? 0), user)), next: page.nextCursor };
  });
  const rows = told.map((it) => [String(it.id), it.username ?? '', it.email ?? '', it.status ?? '']);
  return { text: tableText(['ID', 'USERNAME', 'EMAIL', 'STATUS'], rows), json: told };
}

const statuses = ['active', 'disabled', 'deleted', 'any'] as const;
const sorts = ['created', 'email', 'username'] as const;

function listQuery(input: CommandInput): Omit<ListUsersCommand, 'limit' | 'by'> {
  const id = wholeNumber(input, 'id');
  const sort = optionalText(input, 'sort');
  const everybody = input.options.deleted === true ? 'any' : 'living';
  return {
    status: choice('status', optionalText(input, 'status'), statuses) ?? everybody,
    id: id === undefined ? undefined : asUserId(id),
    email: optionalText(input, 'email'),
    username: optionalText(input, 'username'),
    role: optionalText(input, 'role'),
    createdAfter: optionalInstant(input, 'created-after'),
    createdBefore: optionalInstant(input, 'created-before'),
    sort: choice('sort', sort?.replace(/^-/, ''), sorts),
    descending: sort?.startsWith('-') ?? false,
  };
}

function wholeNumber(input: CommandInput, name: string): number | undefined {
  const text = optionalText(input, name);
  if (text === undefined) return undefined;
  const number = parseId(text);
  if (number === undefined) throw new UsageError(`--${name} must be a positive whole number`);
  return number;
}

/** The living user whom an operator means: by id, e-mail address or username. @throws userNotFound */
export async function resolveUser(world: World, name: string): Promise<UserId> {
  const { ports, features } = world;
  const id = parseId(name);
  const user =
    id === undefined
      ? await features.users.findByKey(ports.db, { emailKey: foldEmail(name), usernameKey: foldUsername(name) })
      : await features.users.find(ports.db, id);
  if (user === undefined || user.deletedAt !== undefined) throw userNotFound({ detail: `There is no user ${name}.` });
  return user.id;
}

/** The same, and by the id also one who is deleted. */
export async function resolveAnyUser(world: World, name: string): Promise<UserId> {
  return parseId(name) ?? (await resolveUser(world, name));
}

export function parseId(text: string): UserId | undefined {
  return /^[1-9][0-9]{0,14}$/.test(text) ? asUserId(Number(text)) : undefined;
}
