import type { ParseArgsOptionsConfig } from 'node:util';
import type { Filter } from '../../../features/audit/index.ts';
import { type CommandInput, choice, optionalInstant, optionalText, type World } from '../command.ts';
import { resolveUser } from './user.ts';

const names = ['event', 'outcome', 'reason', 'actor', 'subject', 'session', 'api-key', 'since', 'until'] as const;

/** The options by which events are chosen; the same as the parameters of `GET /audit`. */
export const filterOptions: ParseArgsOptionsConfig = Object.fromEntries(
  names.map((name) => [name, { type: 'string' } as const]),
);

/** The events that are asked for. Users are named by id, e-mail address or username. @throws UsageError, userNotFound */
export async function filterOf(input: CommandInput, world: World): Promise<Filter> {
  const text = (name: (typeof names)[number]) => optionalText(input, name);
  const user = async (name: 'actor' | 'subject'): Promise<number | undefined> => {
    const who = text(name);
    if (who === undefined) return undefined;
    // The record outlives its users: an id need not be that of a living one.
    return /^[1-9][0-9]{0,14}$/.test(who) ? Number(who) : resolveUser(world, who);
  };
  const given = {
    event: text('event'),
    outcome: choice('outcome', text('outcome'), ['success', 'refused']),
    reason: text('reason'),
    actor: await user('actor'),
    subject: await user('subject'),
    session: text('session'),
    apiKey: text('api-key'),
    since: optionalInstant(input, 'since'),
    until: optionalInstant(input, 'until'),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
