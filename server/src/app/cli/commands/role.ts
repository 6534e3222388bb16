import type { Role, RolePreview } from '../../../features/roles/index.ts';
import { asRoleId } from '../../../kernel/ids.ts';
import { argument, type Command, type CommandInput, optionalText, tableText, type World } from '../command.ts';
import { pagesOf } from '../pages.ts';
import { resolveUser, who } from './user.ts';

/** What `role update` and `role preview` change of what a role holds. */
const contents = { add: { type: 'string', multiple: true }, remove: { type: 'string', multiple: true } } as const;

export const roleCommands: readonly Command[] = [
  {
    words: ['role', 'create'],
    takes: 1,
    usage: '<name> [--permission resource:action]… [--description TEXT]',
    summary: 'create a role out of permissions',
    options: { permission: { type: 'string', multiple: true }, description: { type: 'string' } },
    needs: 'world',
    async run(input, { features }) {
      const role = await features.roles.createRole({
        name: argument(input, 0, 'name'),
        description: optionalText(input, 'description') ?? '',
        permissions: texts(input, 'permission'),
        by: undefined,
      });
      return { text: `Created role ${role.name}.`, json: roleJson(role) };
    },
  },
  {
    words: ['role', 'list'],
    usage: '',
    summary: 'list the roles and what they hold',
    needs: 'world',
    async run(_, world) {
      const roles = await allRoles(world);
      const rows = roles.map(({ id, name, permissions }) => [String(id), name, permissions.join(' ')]);
      return { text: tableText(['ID', 'NAME', 'PERMISSIONS'], rows), json: roles.map(roleJson) };
    },
  },
  {
    words: ['role', 'show'],
    takes: 1,
    usage: '<name | id>',
    summary: 'show a role and what it holds, one permission a line',
    needs: 'world',
    async run(input, world) {
      const role = await resolveRole(world, argument(input, 0, 'name | id'));
      return { text: roleText(role), json: roleJson(role) };
    },
  },
  {
    words: ['role', 'update'],
    takes: 1,
    usage: '<name | id> [--name NAME] [--description TEXT] [--add PERMISSION]… [--remove PERMISSION]…',
    summary: 'change a role for everybody who has it',
    options: { name: { type: 'string' }, description: { type: 'string' }, ...contents },
    needs: 'world',
    async run(input, world) {
      const role = await resolveRole(world, argument(input, 0, 'name | id'));
      const changed = await world.features.roles.updateRole({
        id: role.id,
        version: role.version,
        name: optionalText(input, 'name'),
        description: optionalText(input, 'description'),
        permissions: contentsOf(role, input),
        by: undefined,
      });
      return { text: `Changed role ${changed.name}.\n${roleText(changed)}`, json: roleJson(changed) };
    },
  },
  {
    words: ['role', 'preview'],
    takes: 1,
    usage: '<name | id> [--add PERMISSION]… [--remove PERMISSION]… [--delete]',
    summary: 'say who would gain or lose what by a change of a role; changes nothing',
    options: { delete: { type: 'boolean' }, ...contents },
    needs: 'world',
    async run(input, world) {
      const role = await resolveRole(world, argument(input, 0, 'name | id'));
      const permissions = input.options.delete === true ? [] : contentsOf(role, input);
      const preview = await world.features.roles.previewRole({ id: role.id, permissions, by: undefined });
      return { text: previewText(preview), json: { ...preview, role: roleJson(preview.role) } };
    },
  },
  {
    words: ['role', 'delete'],
    takes: 1,
    usage: '<name | id>',
    summary: 'delete a role; everybody who has it loses what it gave them',
    needs: 'world',
    async run(input, world) {
      const { id, name, version } = await resolveRole(world, argument(input, 0, 'name | id'));
      await world.features.roles.deleteRole({ id, version, by: undefined });
      return { text: `Deleted role ${name}.`, json: { id, name } };
    },
  },
  {
    words: ['role', 'assign'],
    takes: 2,
    usage: `<role> <${who}>`,
    summary: 'give a user a role',
    needs: 'world',
    run: (input, world) => changeRole(input, world, 'assign'),
  },
  {
    words: ['role', 'unassign'],
    takes: 2,
    usage: `<role> <${who}>`,
    summary: 'take a role from a user',
    needs: 'world',
    run: (input, world) => changeRole(input, world, 'unassign'),
  },
  {
    words: ['user', 'roles'],
    takes: 1,
    usage: `<${who}>`,
    summary: 'list the roles of a user and what each holds',
    needs: 'world',
    async run(input, world) {
      const user = await resolveUser(world, argument(input, 0, who));
      const roles = await world.features.roles.read.ofUser({ user, by: undefined });
      const rows = roles.map(({ id, name, permissions }) => [String(id), name, permissions.join(' ')]);
      return { text: tableText(['ID', 'NAME', 'PERMISSIONS'], rows), json: roles.map(roleJson) };
    },
  },
];

async function changeRole(input: CommandInput, world: World, change: 'assign' | 'unassign') {
  const role = argument(input, 0, 'role');
  const user = await resolveUser(world, argument(input, 1, 'user'));
  const changed = await world.features.roles.changeRole[change]({ role, user });
  const says = { assign: ['now has', 'already had'], unassign: ['no longer has', 'did not have'] }[change];
  return { text: `User ${user} ${says[changed ? 0 : 1]} the role ${role}.`, json: { user, role, changed } };
}

/** The role that an operator means: by its name, or else by its id. @throws roleNotFound */
async function resolveRole({ features }: World, which: string): Promise<Role> {
  const { read } = features.roles;
  const [named] = await read.list({ name: which, after: 0, limit: 1 });
  const id = /^[1-9][0-9]{0,14}$/.test(which) ? Number(which) : 0;
  return named ?? read.find(asRoleId(id));
}

const allRoles = ({ features }: World): Promise<Role[]> =>
  pagesOf({ perPage: 200 }, async (limit, after: number | undefined) => {
    const items = await features.roles.read.list({ after: after ?? 0, limit });
    return { items, next: items.length < limit ? undefined : items.at(-1)?.id };
  });

const texts = (input: CommandInput, option: string): readonly string[] =>
  (input.options[option] as readonly string[] | undefined) ?? [];

/** What the role will hold. */
function contentsOf(role: Role, input: CommandInput): string[] {
  const removed = new Set(texts(input, 'remove'));
  return [...role.permissions, ...texts(input, 'add')].filter((permission) => !removed.has(permission));
}

const roleJson = ({ builtIn, ...role }: Role) => ({ ...role, built_in: builtIn });

const roleText = ({ id, name, description, permissions, version }: Role): string =>
  [`${name} (id ${id}, version ${version})${description === '' ? '' : `: ${description}`}`, ...permissions].join(
    '\n  ',
  );

function previewText({ role, holders, gains, loses, users, complete }: RolePreview): string {
  const tally = (side: RolePreview['gains'], verb: string) => [
    `${side.users} would ${verb} something`,
    ...side.permissions.map((it) => `  ${it.permission}: ${it.users}`),
  ];
  const told = users.map((user) => {
    const changes = [...user.loses.map((it) => `-${it}`), ...user.gains.map((it) => `+${it}`)];
    return [String(user.id), user.username ?? '', changes.join(' ')];
  });
  return [
    `${complete ? '' : 'More than '}${holders} users have the role ${role.name}.`,
    ...tally(gains, 'gain'),
    ...tally(loses, 'lose'),
    ...(told.length === 0 ? [] : [tableText(['ID', 'USERNAME', 'CHANGES'], told)]),
  ].join('\n');
}
