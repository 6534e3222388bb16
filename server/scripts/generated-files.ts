import { appSections } from '../src/app/config.ts';
import { describeApi } from '../src/app/describe-api.ts';
import { type ProblemEntry, problemCatalogue, problemPage } from '../src/app/problem-pages.ts';
import { printEnvExample } from '../src/config/print.ts';

/** Where the pages of problems stand. Nothing else may stand there: what the code does not know is removed. */
export const problemsFolder = 'docs/problems';

/** The committed files that are made from the code: their texts, by path from the root of the repository. */
export async function generatedFiles(): Promise<ReadonlyMap<string, string>> {
  const { routes, document } = await describeApi();
  const problems = [...problemCatalogue(routes).values()];
  return new Map([
    ['server/openapi.json', `${JSON.stringify(document, undefined, 2)}\n`],
    ['.env.example', printEnvExample(appSections)],
    [`${problemsFolder}/README.md`, problemIndex(problems)],
    ...problems.map((problem) => [`${problemsFolder}/${problem.code}.md`, problemPage(problem)] as const),
  ]);
}

function problemIndex(problems: readonly ProblemEntry[]): string {
  const rows = problems.map(({ code, status, detail }) => `| [\`${code}\`](${code}.md) | ${status} | ${detail} |`);
  return `# Problems

Every refusal is a problem (RFC 9457) with one of these codes. The \`type\` of a problem is the address of its page, which a
running server answers too: \`/problems/<code>\`. At \`/token\`, \`/revoke\` and \`/introspect\` refusals come in the words
of RFC 6749 §5.2 instead.

| code | status | what happened |
|---|---|---|
${rows.join('\n')}
`;
}
