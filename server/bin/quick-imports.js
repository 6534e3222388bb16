// Where imports lead, without asking the disk. Node looks each of the 2,500 imports of a start up for itself: is there such a file, is it a
// link, which package.json speaks for it. That is a third of the loading. Ours and Kysely's are modules whose relative imports name the
// file in full, so the answer follows from the text. All others go Node's way.
import { registerHooks } from 'node:module';

const ours = new URL('../src/', import.meta.url).href;
/** As npm installs it, wherever that is. */
const kyselys = '/node_modules/kysely/dist/';

registerHooks({
  resolve(specifier, context, next) {
    const format = formatOf(specifier, context.parentURL);
    // `require` looks for its files in other ways.
    if (format === undefined || !context.conditions.includes('import')) return next(specifier, context);
    const url = format === 'builtin' ? specifier : new URL(specifier, context.parentURL).href;
    return { url, format, shortCircuit: true };
  },
});

/** How Node is to read what is imported (`context.format` of its loader); undefined where it should find out. */
function formatOf(specifier, importer) {
  if (specifier.startsWith('node:')) return 'builtin';
  if (importer === undefined || !specifier.startsWith('.')) return undefined;
  if (specifier.endsWith('.ts') && importer.startsWith(ours)) return 'module-typescript';
  return specifier.endsWith('.js') && importer.includes(kyselys) ? 'module' : undefined;
}
