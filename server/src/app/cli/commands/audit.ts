import { AuditRecordBroken, type FoundEvent } from '../../../features/audit/index.ts';
import { iso } from '../../../kernel/clock.ts';
import {
  type Command,
  type CommandInput,
  type Output,
  optionalText,
  tableText,
  UsageError,
  type World,
} from '../command.ts';
import { pagesOf } from '../pages.ts';
import { filterOf, filterOptions } from './audit-filter.ts';
import { verifyAudit } from './audit-verify.ts';
import { printable } from './session.ts';

export const auditCommands: readonly Command[] = [
  {
    words: ['audit', 'list'],
    usage:
      '[--event NAME] [--outcome success|refused] [--reason CODE] [--actor USER] [--subject USER] [--session ID] [--api-key ID] [--since WHEN] [--until WHEN] [--order asc|desc] [--limit N]',
    summary: 'list security events, the newest first: 50 unless --limit says otherwise',
    options: { ...filterOptions, order: { type: 'string' }, limit: { type: 'string' } },
    needs: 'world',
    run: listEvents,
  },
  {
    words: ['audit', 'export'],
    usage: '[--after SIZE]',
    summary: 'print the whole sealed record as lines of JSON, to be checked elsewhere; --after goes on where one ended',
    options: { after: { type: 'string' } },
    needs: 'world',
    run: exportRecord,
  },
  {
    words: ['audit', 'verify'],
    usage: '[FILE] [--public-key KEY]… [--witness FILE]… [--after SIZE]',
    takes: 1,
    summary: 'check the record in the database, or an export by its public key alone; what is wrong ends with 1',
    options: {
      'public-key': { type: 'string', multiple: true },
      witness: { type: 'string', multiple: true },
      after: { type: 'string' },
    },
    needs: 'world without argument',
    run: verifyAudit,
  },
  {
    words: ['audit', 'seal'],
    usage: '[--go-on]',
    summary:
      'seal now what is not sealed yet, and tell the witnesses; --go-on where nothing is sealed any more, since the record was altered',
    options: { 'go-on': { type: 'boolean' } },
    needs: 'world',
    run: sealNow,
  },
  {
    words: ['audit', 'key'],
    usage: '',
    summary: 'print the public key of the record: keep it where whoever can write to the database cannot',
    needs: 'world',
    async run(_, { features }) {
      const keys = features.audit.publicKeys;
      const json = keys.map(({ id, origin, text, createdAt }) => ({
        id,
        origin,
        verifier: text,
        created_at: iso(createdAt),
      }));
      return { text: keys.map(({ text }) => text).join('\n'), json };
    },
  },
];

const perPage = 200;

async function listEvents(input: CommandInput, world: World): Promise<Output> {
  const filter = await filterOf(input, world);
  const order = optionalText(input, 'order') ?? 'desc';
  if (order !== 'asc' && order !== 'desc') throw new UsageError('--order must be asc or desc');
  const pages = { most: wholeNumber(input, 'limit', 50), perPage };
  const events = await pagesOf(pages, async (limit, cursor: string | undefined) => {
    const { events: items, next } = await world.features.audit.find({ filter, order, cursor, limit, by: undefined });
    return { items, next };
  });
  return { text: tableText(headings, events.map(cells)), json: events.map(jsonOf) };
}

const headings = ['SEQ', 'AT', 'EVENT', 'OUTCOME', 'REASON', 'ACTOR', 'SUBJECT', 'FROM', 'OBJECT'];

const cells = (event: FoundEvent): string[] => [
  String(event.seq ?? '-'),
  iso(event.at),
  event.event,
  event.outcome ?? '',
  event.reason ?? '-',
  String(event.actor ?? '-') + (event.apiKey === undefined ? '' : ` by key ${event.apiKey}`),
  String(event.subject ?? '-'),
  event.ip ?? '-',
  printable([event.object, event.note].filter((it) => it !== undefined).join(': ')),
];

const jsonOf = ({ apiKey, at, ...event }: FoundEvent) => ({ ...event, at: iso(at), api_key: apiKey });

async function exportRecord(input: CommandInput, { features }: World): Promise<Output> {
  const after = wholeNumber(input, 'after', 0);
  if (!(await features.audit.checkpoints.exists(after)))
    throw new UsageError(`there is no checkpoint of ${after} rows`);
  for await (const lines of features.audit.exportAll({ after })) input.write(lines);
  return { text: '', json: undefined };
}

async function sealNow(input: CommandInput, { features }: World): Promise<Output> {
  const { audit } = features;
  const resumed = input.options['go-on'] === true ? await resumeIfBroken(audit) : undefined;
  const { rows, unproven } = await audit.seal.all();
  const failures = await audit.witnesses.all();
  const newest = await audit.checkpoints.newest();
  const text = [
    ...(resumed === undefined ? [] : [`Went on behind row ${resumed}.`]),
    `Sealed ${rows} rows; the record has ${newest?.size ?? 0}.`,
    ...(unproven > 0 ? [`${unproven} of them were changed or inserted before: keyward audit verify`] : []),
    ...failures.map(({ witness, reason }) => `The witness ${witness} was not told: ${reason}`),
  ];
  const json = {
    resumed_behind: resumed ?? null,
    sealed: rows,
    unproven,
    size: newest?.size ?? 0,
    witnesses_failed: failures,
  };
  return { text: text.join('\n'), json, failed: unproven > 0 || failures.length > 0 };
}

/** @returns the row behind which it goes on; `undefined` where nothing keeps it from going on */
async function resumeIfBroken(audit: World['features']['audit']): Promise<number | undefined> {
  try {
    await audit.seal.all();
    return undefined;
  } catch (error) {
    if (error instanceof AuditRecordBroken) return audit.resume();
    throw error;
  }
}

/** @throws UsageError */
function wholeNumber(input: CommandInput, name: string, fallback: number): number {
  const text = optionalText(input, name);
  if (text === undefined) return fallback;
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`--${name} must be a whole number`);
  return Number(text);
}
