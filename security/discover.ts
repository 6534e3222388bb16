import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Attack } from './attack.ts';

/** Attacks on one thing, against one server. */
export interface Family {
  readonly name: string;
  readonly attacks: readonly Attack[];
}

const folder = join(import.meta.dirname, 'attacks');

/** The names of all families, which are the folders of `attacks/`. */
export const familyNames = (): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

/** A family with what its folder holds: adding an attack is adding a file. */
export async function loadFamily(name: string): Promise<Family> {
  const files = readdirSync(join(folder, name)).filter((file) => file.endsWith('.ts'));
  const attacks = await Promise.all(files.sort().map((file) => loadAttack(join(folder, name, file))));
  return { name, attacks };
}

async function loadAttack(path: string): Promise<Attack> {
  const module: { attack?: Attack } = await import(pathToFileURL(path).href);
  if (module.attack === undefined) throw new Error(`${path} exports no attack`);
  return module.attack;
}
