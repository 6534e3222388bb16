import { Type } from 'typebox';
import { databaseUnavailable } from '../db/unavailable.ts';
import { edgeRefusals, pathNotFound } from '../http/refusals.ts';
import { type Route, route } from '../http/route.ts';
import type { Refusal } from '../kernel/errors.ts';

/** The refusals that any route may meet, whatever it declares. */
const everywhere: readonly Refusal[] = [...edgeRefusals, databaseUnavailable];

/** Every refusal there is, by code; the first to declare a code describes it. */
export function refusalCatalogue(routes: readonly Route[]): ReadonlyMap<string, Refusal> {
  const catalogue = new Map<string, Refusal>();
  for (const refusal of [...everywhere, ...routes.flatMap((it) => it.refusals)]) {
    if (!catalogue.has(refusal.code)) catalogue.set(refusal.code, refusal);
  }
  return new Map([...catalogue].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The page of a refusal: what `docs/problems/<code>.md` holds and `/problems/<code>` answers. */
export function problemPage({ code, title, detail, advice }: Refusal): string {
  return `# ${title}\n\n\`${code}\`\n\n${detail}\n\n## What to do\n\n${advice}\n`;
}

/** Makes the `type` of every problem an address that answers (RFC 9457 §3.1.1). */
export function problemRoutes(routes: () => readonly Route[]): readonly Route[] {
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
        const refusal = refusalCatalogue(routes()).get(params.code);
        if (refusal === undefined) throw pathNotFound();
        return problemPage(refusal);
      },
    }),
  ];
}
