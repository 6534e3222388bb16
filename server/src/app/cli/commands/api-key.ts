import type { ApiKey } from '../../../features/api-keys/index.ts';
import { iso, isoOrNull } from '../../../kernel/clock.ts';
import { asApiKeyId } from '../../../kernel/ids.ts';
import {
  argument,
  type Command,
  type CommandInput,
  optionalText,
  requiredOption,
  tableText,
  UsageError,
  type World,
} from '../command.ts';
import { resolveUser, who } from './user.ts';

export const apiKeyCommands: readonly Command[] = [
  {
    words: ['api-key', 'create'],
    usage: `<${who}> --name NAME --permission resource:action… [--days N | --never] [--description TEXT]`,
    takes: 1,
    summary: 'make an API key that acts for a user, with permissions that they hold; it is shown once',
    options: {
      name: { type: 'string' },
      permission: { type: 'string', multiple: true },
      days: { type: 'string' },
      never: { type: 'boolean' },
      description: { type: 'string' },
    },
    needs: 'world',
    run: createApiKey,
  },
  {
    words: ['api-key', 'list'],
    usage: `[${who}]`,
    takes: 1,
    summary: 'list the API keys of a user, newest first, or those of all users',
    needs: 'world',
    async run(input, world) {
      const [name] = input.arguments;
      const { list } = world.features.apiKeys;
      const keys = name === undefined ? await list.all() : await list.ofUser(await resolveUser(world, name));
      const told = keys.map(keyJson);
      const rows = told.map((it) => [
        it.id,
        String(it.owner),
        it.name,
        it.expires_at ?? 'never',
        it.last_used_at ?? 'never',
        it.permissions.join(' '),
      ]);
      const headings = ['ID', 'OWNER', 'NAME', 'EXPIRES', 'LAST USED', 'PERMISSIONS'];
      return { text: tableText(headings, rows), json: told };
    },
  },
  {
    words: ['api-key', 'revoke'],
    usage: `<${who}> <key | --all>`,
    takes: 2,
    summary: 'revoke an API key of a user, or all of them; refused from the next request on',
    options: { all: { type: 'boolean' } },
    needs: 'world',
    run: revokeApiKeys,
  },
];

async function createApiKey(input: CommandInput, world: World) {
  const owner = await resolveUser(world, argument(input, 0, who));
  const { key, text } = await world.features.apiKeys.create({
    owner,
    name: requiredOption(input, 'name'),
    description: optionalText(input, 'description') ?? '',
    permissions: permissionsIn(input),
    expiresInDays: daysIn(input),
    by: undefined,
  });
  return {
    text: `${text.reveal()}\nThis is the only time that it is shown.`,
    json: { ...keyJson(key), key: text.reveal() },
  };
}

async function revokeApiKeys(input: CommandInput, world: World) {
  const name = argument(input, 0, who);
  const [, id] = input.arguments;
  const all = input.options.all === true;
  if (all === (id !== undefined)) throw new UsageError('give the id of an API key, or --all');
  const owner = await resolveUser(world, name);
  const { revoke } = world.features.apiKeys;
  if (id === undefined) {
    const revoked = await revoke.all({ owner, by: undefined });
    return { text: `API keys of user ${owner} revoked: ${revoked}.`, json: { owner, revoked } };
  }
  await revoke.one({ owner, id: asApiKeyId(id), by: undefined });
  return { text: `Revoked API key ${id} of user ${owner}.`, json: { owner, id } };
}

function permissionsIn(input: CommandInput): readonly string[] {
  const permissions = (input.options.permission as readonly string[] | undefined) ?? [];
  if (permissions.length === 0) throw new UsageError('--permission is missing');
  return permissions;
}

/** `null` is never; `undefined` leaves it to the settings. */
function daysIn(input: CommandInput): number | null | undefined {
  const days = optionalText(input, 'days');
  const never = input.options.never === true;
  if (never && days !== undefined) throw new UsageError('give --days or --never');
  if (never) return null;
  if (days === undefined) return undefined;
  if (!/^[1-9][0-9]{0,3}$/.test(days)) throw new UsageError('--days takes a whole number');
  return Number(days);
}

const keyJson = (key: ApiKey) => ({
  id: key.id,
  owner: key.owner,
  name: key.name,
  description: key.description,
  permissions: key.permissions,
  created_at: iso(key.createdAt),
  expires_at: isoOrNull(key.expiresAt),
  last_used_at: isoOrNull(key.lastUsedAt),
});
