import type { Source } from './sources.ts';

/** Every ring of imports once, as the files along it. Imports of types count: a ring of types is a ring of thoughts. */
export function importCycles(sources: readonly Source[]): string[][] {
  const imports = new Map(sources.map((source) => [source.path, source.imports]));
  const done = new Set<string>();
  const trail: string[] = [];
  const rings: string[][] = [];
  const visit = (path: string): void => {
    if (trail.includes(path)) rings.push([...trail.slice(trail.indexOf(path)), path]);
    if (done.has(path) || trail.includes(path)) return;
    trail.push(path);
    for (const target of imports.get(path) ?? []) visit(target);
    trail.pop();
    done.add(path);
  };
  for (const { path } of sources) visit(path);
  return rings;
}
