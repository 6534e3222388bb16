import type { Source } from './sources.ts';

/** Names that say nothing of what is inside, so that everything ends up there. */
const emptyNames = [
  'util',
  'utils',
  'helper',
  'helpers',
  'common',
  'shared',
  'core',
  'base',
  'manager',
  'service',
  'services',
];

const emptyName = new RegExp(`(?:^|/)(?:[a-z0-9-]+-)?(?:${emptyNames.join('|')})(?:\\.[a-z.]+)?(?=/|$)`);

/** Files and folders with a name that is no home. `common-passwords.ts` is fine: there the word tells something. */
export function nameBreaches(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path }) => {
    if (emptyName.test(path))
      return [`${path}: name it after what it does; what has no home is a missing feature or word of kernel/`];
    return /^[a-z0-9./-]+$/.test(path) ? [] : [`${path}: names are kebab-case`];
  });
}

const heading = ['Owns: ', 'Tables: ', 'Specifications: '];

/** Features whose door does not say what is behind it. */
export function doorBreaches(sources: readonly Source[]): string[] {
  const features = Map.groupBy(
    sources.filter(({ path }) => path.startsWith('features/')),
    ({ path }) => path.split('/')[1],
  );
  return [...features].flatMap(([feature, files]) => {
    const door = files.find(({ path }) => path === `features/${feature}/index.ts`);
    if (door === undefined) return [`features/${feature}/ has no index.ts: what others may use is exported there`];
    const opening = door.text.slice(0, door.text.indexOf('*/'));
    const missing = heading.filter((line) => !opening.includes(` * ${line}`));
    return missing.map((line) => `${door.path}: the comment at its top must have a line "${line.trim()}"`);
  });
}
