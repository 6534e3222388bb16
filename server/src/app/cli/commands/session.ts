import { iso } from '../../../kernel/clock.ts';
import { asSessionId } from '../../../kernel/ids.ts';
import { argument, type Command, type CommandInput, tableText, UsageError, type World } from '../command.ts';
import { resolveUser, who } from './user.ts';

export const sessionCommands: readonly Command[] = [
  {
    words: ['session', 'list'],
    usage: `<${who}>`,
    takes: 1,
    summary: 'list where a user is signed in, newest first',
    needs: 'world',
    async run(input, world) {
      const user = await resolveUser(world, argument(input, 0, who));
      const sessions = await world.features.sessions.ofUser.list(user);
      const told = sessions.map(({ id, createdAt, lastSeenAt, expiresAt, ip, userAgent }) => ({
        id,
        created_at: iso(createdAt),
        last_seen_at: iso(lastSeenAt),
        expires_at: iso(expiresAt),
        ip,
        user_agent: userAgent,
      }));
      const rows = told.map((it) => [it.id, it.created_at, it.last_seen_at, it.ip, printable(it.user_agent)]);
      return { text: tableText(['ID', 'CREATED', 'LAST SEEN', 'FROM', 'WITH'], rows), json: told };
    },
  },
  {
    words: ['session', 'end'],
    usage: `<${who}> <session | --all>`,
    takes: 2,
    summary: 'end a session of a user, or all of them; their tokens are dead at once',
    options: { all: { type: 'boolean' } },
    needs: 'world',
    run: endSessions,
  },
];

async function endSessions(input: CommandInput, world: World) {
  const name = argument(input, 0, who);
  const [, session] = input.arguments;
  const all = input.options.all === true;
  if (all === (session !== undefined)) throw new UsageError('give the id of a session, or --all');
  const user = await resolveUser(world, name);
  const { ofUser } = world.features.sessions;
  if (session === undefined) {
    const ended = await ofUser.endAll({ user, by: undefined });
    return { text: `Sessions of user ${user} ended: ${ended}.`, json: { user, ended } };
  }
  await ofUser.endOne({ user, session: asSessionId(session), by: undefined });
  return { text: `Ended session ${session} of user ${user}.`, json: { user, session } };
}

/** A client names itself as it likes: what would steer a terminal must not reach one. */
export const printable = (text: string): string => text.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '?');
