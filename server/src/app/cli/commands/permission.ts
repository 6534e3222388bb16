import { permissionPattern } from '../../../features/roles/index.ts';
import { argument, type Command, optionalText, tableText, UsageError } from '../command.ts';

export const permissionCommands: readonly Command[] = [
  {
    words: ['permission', 'create'],
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
      return { text: tableText(['NAME', '', 'DESCRIPTION'], rows), json: permissions };
    },
  },
];
