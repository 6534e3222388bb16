import { databaseMoved } from '../db/moved.ts';
import { databaseUnavailable, outcomeUnknown } from '../db/unavailable.ts';
import { attemptsUncounted } from '../features/throttle/index.ts';
import { once } from '../http/once.ts';
import { statusOfKind } from '../http/problem.ts';
import { edgeRefusals, pathNotFound } from '../http/refusals.ts';
import { type Route, route } from '../http/route.ts';
import { Type } from '../http/schema.ts';
import type { Refusal } from '../kernel/errors.ts';

/** What stands on the page of a problem. */
export interface ProblemEntry {
  readonly code: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly advice: string;
}

/** What may keep any route from doing its work, whatever it declares. */
export const outages: readonly Refusal[] = [databaseUnavailable, outcomeUnknown, databaseMoved, attemptsUncounted];

/** Problems that no feature can give: what fails before there is a request, and what nobody foresaw. */
const beyondRefusals: readonly ProblemEntry[] = [
  {
    code: 'internal-error',
    title: 'Internal error',
    status: 500,
    detail: 'Something went wrong on our side.',
    advice:
      'Give the `instance` to the operator: under it the log says what happened. Whether anything was changed is not certain, so look before you repeat a call that changes something.',
  },
  {
    code: 'request-timeout',
    title: 'Request timeout',
    status: 408,
    detail: 'The request did not arrive in time.',
    advice: 'Send it again: nothing was changed. The headers have 10 seconds to arrive, the whole request 30.',
  },
];

/** Every problem there is, by code in alphabetical order; the first to declare a code describes it. */
export function problemCatalogue(routes: readonly Route[]): ReadonlyMap<string, ProblemEntry> {
  const refusals = [...edgeRefusals, ...outages, ...routes.flatMap((it) => it.refusals)];
  const entries = [...refusals.map(entryOf), ...beyondRefusals];
  const catalogue = new Map(entries.toReversed().map((entry) => [entry.code, entry]));
  return new Map([...catalogue].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function entryOf({ code, kind, title, detail, advice }: Refusal): ProblemEntry {
  return { code, title, status: statusOfKind[kind], detail, advice };
}

/** The page of a problem: what `docs/problems/<code>.md` holds and `/problems/<code>` answers. */
export function problemPage({ code, title, status, detail, advice }: ProblemEntry): string {
  return `# ${title}\n\n\`${code}\`, status ${status}\n\n${detail}\n\n## What to do\n\n${advice}\n`;
}

/** Makes the `type` of every problem an address that answers (RFC 9457 §3.1.1). */
export function problemRoutes(routes: () => readonly Route[]): readonly Route[] {
  const catalogue = once(() => problemCatalogue(routes()));
  return [
    route({
      method: 'GET',
      url: '/problems/:code',
      operationId: 'readProblem',
      summary: 'What a refusal means and what to do about it',
      tags: ['Discovery'],
      access: { kind: 'public', why: 'documentation' },
      limit: { kind: 'none', why: 'constant text' },
      hide: true,
      params: Type.Object({ code: Type.String({ maxLength: 64 }) }),
      replies: { 200: { description: 'Markdown.', contentType: 'text/markdown; charset=utf-8' } },
      refusals: [pathNotFound],
      handler: ({ params }) => {
        const problem = catalogue().get(params.code);
        if (problem === undefined) throw pathNotFound();
        return problemPage(problem);
      },
    }),
  ];
}
