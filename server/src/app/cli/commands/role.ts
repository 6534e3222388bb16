import { argument, type Command, type CommandInput, optionalText, tableText, type World } from '../command.ts';
import { resolveUser } from './user.ts';

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
        permissions: (input.options.permission as readonly string[] | undefined) ?? [],
        by: undefined,
      });
      return { text: `Created role ${role.name}.`, json: role };
    },
  },
  {
    words: ['role', 'list'],
    usage: '',
    summary: 'list the roles and what they hold',
    needs: 'world',
    async run(_, { ports, features }) {
      const roles = await features.roles.store.listRoles(ports.db);
      const rows = roles.map(({ id, name, permissions }) => [String(id), name, permissions.join(' ')]);
      return { text: tableText(['ID', 'NAME', 'PERMISSIONS'], rows), json: roles };
    },
  },
  {
    words: ['role', 'assign'],
    takes: 2,
    usage: '<role> <id | e-mail | username>',
    summary: 'give a user a role',
    needs: 'world',
    run: (input, world) => changeRole(input, world, 'assign'),
  },
  {
    words: ['role', 'unassign'],
    takes: 2,
    usage: '<role> <id | e-mail | username>',
    summary: 'take a role from a user',
    needs: 'world',
    run: (input, world) => changeRole(input, world, 'unassign'),
  },
];

async function changeRole(input: CommandInput, world: World, change: 'assign' | 'unassign') {
  const role = argument(input, 0, 'role');
  const user = await resolveUser(world, argument(input, 1, 'user'));
  const changed = await world.features.roles.changeRole[change]({ role, user });
  const says = { assign: ['now has', 'already had'], unassign: ['no longer has', 'did not have'] }[change];
  return { text: `User ${user} ${says[changed ? 0 : 1]} the role ${role}.`, json: { user, role, changed } };
}
