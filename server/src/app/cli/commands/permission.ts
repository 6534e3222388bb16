import { type PermissionEntry, permissionPattern } from '../../../features/roles/index.ts';
import { argument, type Command, optionalText, tableText, UsageError } from '../command.ts';
import { resolveUser, who } from './user.ts';

const jsonOf = ({ builtIn, ...permission }: PermissionEntry) => ({ ...permission, built_in: builtIn });

export const permissionCommands: readonly Command[] = [
  {
    words: ['permission', 'register'],
    takes: 1,
    usage: '<resource:action> [--description TEXT]',
    summary: "register an application's permission, so that roles can hold it",
    options: { description: { type: 'string' } },
    needs: 'world',
    async run(input, { features }) {
      const name = argument(input, 0, 'resource:action');
      if (!new RegExp(permissionPattern, 'u').test(name)) throw new UsageError(`"${name}" is not resource:action`);
      const description = optionalText(input, 'description') ?? '';
      await features.roles.registerPermission({ name, description, by: undefined });
      return { text: `Registered permission ${name}.`, json: { name, description } };
    },
  },
  {
    words: ['permission', 'list'],
    usage: '',
    summary: 'list the permissions there are',
    needs: 'world',
    async run(_, { ports, features }) {
      const permissions = await features.roles.store.listPermissions(ports.db);
      const rows = permissions.map(({ name, builtIn, description }) => [name, builtIn ? 'built in' : '', description]);
      return { text: tableText(['NAME', '', 'DESCRIPTION'], rows), json: permissions.map(jsonOf) };
    },
  },
  {
    words: ['permission', 'remove'],
    takes: 1,
    usage: '<resource:action> [--force]',
    summary: 'remove a permission of an application; with --force also out of the roles that hold it',
    options: { force: { type: 'boolean' } },
    needs: 'world',
    async run(input, { features }) {
      const name = argument(input, 0, 'resource:action');
      const force = input.options.force === true;
      const held = await features.roles.removePermission({ name, force, by: undefined });
      const roles = held.map((role) => role.name);
      const from = roles.length === 0 ? '' : ` It was in: ${roles.join(', ')}.`;
      return { text: `Removed permission ${name}.${from}`, json: { name, roles } };
    },
  },
  {
    words: ['permission', 'explain'],
    takes: 2,
    usage: `<${who}> <resource:action>`,
    summary: 'say whether a user may do something, and which role gives it, or why not',
    needs: 'world',
    async run(input, world) {
      const user = await resolveUser(world, argument(input, 0, who));
      const permission = argument(input, 1, 'resource:action');
      const told = await world.features.roles.explainPermission({ user, permission, by: undefined });
      const { allowed, reason, detail, givenBy } = told;
      const json = { user, permission, allowed, reason, detail, given_by: givenBy.map(({ name }) => name) };
      return { text: `${allowed ? 'Yes' : 'No'}. ${detail}`, json };
    },
  },
];
