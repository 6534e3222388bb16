import { Html, type HtmlPart, html } from '../kernel/html.ts';
import type { OpenApiDocument, Operation } from './openapi.ts';
import type { Json } from './openapi-schema.ts';
import { type FieldRow, fieldRow, fieldRows } from './redoc-fields.ts';
import { redocStyle } from './redoc-style.ts';

interface Call {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

/** The reference as one page without a script, from the same document that programs read. */
export function redocPage(document: OpenApiDocument): string {
  const { title, version, description } = document.info;
  const groups = [...Map.groupBy(callsOf(document), ({ operation }) => operation.tags[0] ?? 'other')];
  const schemas = document.components.schemas;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}: API reference</title>
<style>${new Html(redocStyle)}</style>
</head>
<body>
<nav aria-label="Operations"><a href="#top">${title}</a>${groups.map(([tag, calls]) => navGroup(tag, calls))}</nav>
<main id="top">
<h1>${title} <span class="soft">${version}</span></h1>
${paragraphs(description)}
<p><a href="docs">Try it out</a> · <a href="openapi.json">OpenAPI document</a></p>
${groups.map(([tag, calls]) => html`<section><h2>${tag}</h2>${calls.map((call) => article(call, schemas))}</section>`)}
</main>
</body>
</html>
`.toString();
}

const callsOf = ({ paths }: OpenApiDocument): Call[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

const navGroup = (tag: string, calls: readonly Call[]): Html =>
  html`<strong>${tag}</strong><ul>${calls.map(
    ({ operation }) => html`<li><a href="#${operation.operationId}">${operation.summary}</a></li>`,
  )}</ul>`;

function article({ path, method, operation }: Call, schemas: Json): Html {
  return html`<article id="${operation.operationId}">
<h3><a href="#${operation.operationId}">${operation.summary}</a></h3>
<p class="call"><span class="method ${method}">${method.toUpperCase()}</span> <code>${path}</code></p>
<p class="soft">${accessWords(operation)}</p>
${paragraphs(operation.description)}
${parameterTable(operation, schemas)}
${Object.entries(contentOf(operation.requestBody)).map(([type, media]) => bodyTable('Body', type, media, schemas))}
${Object.entries(operation.responses).flatMap(([status, response]) => replyPart(status, response, schemas))}
${refusalTable(operation)}
</article>
`;
}

function accessWords({ security }: Operation): string {
  const names = security.flatMap((requirement) => Object.keys(requirement));
  if (names.includes('bearer')) return 'Needs an access token.';
  return names.includes('refreshCookie') ? 'Takes the refresh cookie or a refresh token.' : 'Open to all.';
}

function parameterTable({ parameters = [] }: Operation, schemas: Json): HtmlPart {
  const rows = parameters.map((one) => {
    const schema = { ...(one.schema as Json), description: one.description ?? '' };
    return fieldRow(`${one.name} (${one.in})`, schema, one.required === true, schemas);
  });
  return rows.length > 0 && html`<h4>Parameters</h4>${fieldTable(rows)}`;
}

function bodyTable(heading: string, type: string, media: Json, schemas: Json): HtmlPart {
  const rows = media.schema === undefined ? [] : fieldRows(media.schema as Json, schemas);
  return html`<h4>${heading} <code>${type}</code></h4>${rows.length > 0 && fieldTable(rows)}`;
}

/** A reply that is no refusal: its text, and the fields of its body. */
function replyPart(status: string, response: Json, schemas: Json): HtmlPart[] {
  const own = Object.entries(contentOf(response)).filter(([, media]) => media.examples === undefined);
  const refusalsOnly = own.length === 0 && response.content !== undefined;
  if (refusalsOnly) return [];
  const tables = own.map(([type, media]) => bodyTable(`${status}`, type, media, schemas));
  return [tables.length === 0 && html`<h4>${status}</h4>`, ...tables, paragraphs(String(response.description))];
}

const fieldTable = (rows: readonly FieldRow[]): Html => html`<div class="scroll"><table>
<thead><tr><th>Field</th><th>Type</th><th>Meaning</th></tr></thead>
<tbody>${rows.map(
  ({ name, type, required, rules, description }) =>
    html`<tr><td><code>${name}</code>${!required && html` <span class="soft">optional</span>`}</td><td>${type}</td>
<td>${inline(description)}${rules !== '' && html` <span class="soft">${rules}</span>`}</td></tr>`,
)}</tbody></table></div>`;

/** Every code that the operation may be refused with. */
function refusalTable({ responses }: Operation): HtmlPart {
  const rows = Object.entries(responses).flatMap(([status, response]) =>
    Object.values(contentOf(response)).flatMap((media) =>
      Object.entries((media.examples ?? {}) as Record<string, { value: Json }>).map(
        ([code, { value }]) =>
          html`<tr><td>${status}</td><td><code>${code}</code></td><td>${String(value.detail)}</td></tr>`,
      ),
    ),
  );
  return (
    rows.length > 0 &&
    html`<h4>Refusals</h4><div class="scroll"><table>
<thead><tr><th>Status</th><th>Code</th><th>Meaning</th></tr></thead><tbody>${rows}</tbody></table></div>`
  );
}

const contentOf = (holder: Json | undefined): Record<string, Json> => (holder?.content ?? {}) as Record<string, Json>;

const paragraphs = (text: string | undefined): HtmlPart =>
  text?.split(/\n{2,}/).map((one) => html`<p>${inline(one)}</p>`);

/** Of Markdown only what our texts use: code between backticks. */
const inline = (text: string): HtmlPart =>
  text.split(/`([^`]*)`/).map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : part));
