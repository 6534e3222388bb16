import type { UserId } from '../../../kernel/ids.ts';
import { argument, type Command, type CommandInput, optionalInstant, optionalText, UsageError } from '../command.ts';
import { noPassword, parseId, resolveAnyUser, resolveUser, who } from './user.ts';

/** How users are shut out, let in, ended and brought back. */
export const userLifeCommands: readonly Command[] = [
  {
    words: ['user', 'delete'],
    usage: `<${who}>`,
    takes: 1,
    summary: 'delete a user (soft); their sessions end at once',
    needs: 'world',
    async run(input, world) {
      const id = await resolveUser(world, argument(input, 0, who));
      await world.features.accounts.delete({ id, by: undefined });
      return { text: `Deleted user ${id}.`, json: { id, status: 'deleted' } };
    },
  },
  {
    words: ['user', 'restore'],
    usage: '<id>',
    takes: 1,
    summary: 'undo a deletion, while the names are still free and nothing was purged',
    needs: 'world',
    async run(input, world) {
      const id = deletedId(input);
      await world.features.accounts.restore({ id, by: undefined });
      const { status } = await world.features.directory.show(id, undefined);
      const stays = status === 'disabled' ? ' They are disabled, as they were before.' : '';
      return { text: `Restored user ${id}.${stays}`, json: { id, status } };
    },
  },
  {
    words: ['user', 'purge'],
    usage: '<id>',
    takes: 1,
    summary: 'erase all that is personal of a deleted user, for good; the id stays',
    needs: 'world',
    async run(input, world) {
      const id = deletedId(input);
      await world.features.personalData.purge({ id, by: undefined });
      return { text: `Purged user ${id}.`, json: { id, status: 'purged' } };
    },
  },
  {
    words: ['user', 'disable'],
    usage: `<${who}> [--reason TEXT] [--until INSTANT]`,
    takes: 1,
    summary: 'shut a user out, until an instant or until they are enabled; their sessions end at once',
    options: { reason: { type: 'string' }, until: { type: 'string' } },
    needs: 'world',
    async run(input, world) {
      const id = await resolveUser(world, argument(input, 0, who));
      const [reason, until] = [optionalText(input, 'reason'), optionalInstant(input, 'until')];
      await world.features.accounts.disabling.disable({ id, by: undefined, reason, until });
      return { text: `Disabled user ${id}.`, json: { id, status: 'disabled' } };
    },
  },
  {
    words: ['user', 'enable'],
    usage: `<${who}>`,
    takes: 1,
    summary: 'let a disabled user in again',
    needs: 'world',
    async run(input, world) {
      const id = await resolveUser(world, argument(input, 0, who));
      await world.features.accounts.disabling.enable({ id, by: undefined });
      return { text: `Enabled user ${id}.`, json: { id, status: 'active' } };
    },
  },
  {
    words: ['user', 'password'],
    usage: `<${who}>`,
    takes: 1,
    summary: 'give a user another password, which comes on standard input; their sessions end at once',
    needs: 'world',
    async run(input, world) {
      const id = await resolveUser(world, argument(input, 0, who));
      const password = await input.stdin('New password: ');
      if (password === '') throw new UsageError(noPassword);
      const ended = await world.features.accounts.setPassword({ id, password });
      return { text: `Changed the password of user ${id}; sessions ended: ${ended}.`, json: { id, ended } };
    },
  },
  {
    words: ['user', 'reset-password'],
    usage: `<${who}> [--print]`,
    takes: 1,
    summary:
      'send a user the mail by which they choose another password; with --print show the link instead, to be handed to its owner alone',
    options: { print: { type: 'boolean' } },
    needs: 'world',
    async run(input, world) {
      const id = await resolveUser(world, argument(input, 0, who));
      const { startReset } = world.features.emailFlows;
      if (input.options.print === true) {
        const { link, minutes } = await startReset.link(id);
        return { text: `Good for ${minutes} minutes and one use:\n${link}`, json: { id, link, minutes } };
      }
      await startReset.mail({ id, by: undefined, ip: undefined });
      return { text: `A mail to user ${id} is in the outbox.`, json: { id } };
    },
  },
  {
    words: ['user', 'export'],
    usage: `<${who}>`,
    takes: 1,
    summary: 'print all that is held on a user, as JSON',
    needs: 'world',
    async run(input, world) {
      const id = await resolveAnyUser(world, argument(input, 0, who));
      const json = JSON.parse(await textOf(await world.features.personalData.exportUser({ id, by: undefined })));
      return { text: JSON.stringify(json, undefined, 2), json };
    },
  },
];

/** @throws UsageError for a name: a deleted user has none */
function deletedId(input: CommandInput): UserId {
  const id = parseId(argument(input, 0, 'id'));
  if (id === undefined) throw new UsageError('a deleted user has no name any more: give the id');
  return id;
}

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}
