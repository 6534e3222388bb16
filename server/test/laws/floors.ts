import { posix } from 'node:path';
import { isForTests, type Source } from './sources.ts';

/** The features from the ground up. A feature may know those below it, never one beside or above it. */
export const featureFloors: readonly (readonly string[])[] = [
  ['audit'],
  ['users', 'keys', 'mail'],
  ['roles', 'notices'],
  ['passwords', 'throttle'],
  ['sessions', 'api-keys', 'one-time-codes'],
  ['accounts', 'status', 'directory', 'personal-data'],
  ['email-flows'],
  ['sign-in'],
  ['oauth', 'pages'],
];

/** What the folders under the features may import of each other. `app/` and `main.ts` stand above all and may import everything. */
const groundFloor: Readonly<Record<string, readonly string[]>> = {
  kernel: ['kernel'],
  config: ['config', 'kernel'],
  db: ['db', 'config', 'kernel'],
  adapters: ['adapters', 'config', 'kernel'],
  http: ['http', 'config', 'kernel'],
};

/** What a file of a feature may import, by the part it plays there. */
interface Part {
  /** Parts of the same feature. */
  readonly own: readonly PartName[];
  /** Folders, or single files, outside the features. */
  readonly ground: readonly string[];
  /** Whether it may know the features below. */
  readonly below: boolean;
  /** Packages that are not for every part: the frame of HTTP and the writer of SQL. */
  readonly packages: readonly string[];
}

type PartName = 'door' | 'edge' | 'use case' | 'policy' | 'errors' | 'config' | 'tables' | 'store' | 'sql';

const everyPart: readonly PartName[] = ['edge', 'use case', 'policy', 'errors', 'config', 'tables', 'store', 'sql'];

const parts: Readonly<Record<PartName, Part>> = {
  door: { own: everyPart, ground: ['kernel', 'config', 'db/database.ts'], below: true, packages: [] },
  edge: {
    own: ['edge', 'use case', 'policy', 'errors'],
    ground: ['kernel', 'http'],
    below: true,
    packages: ['fastify'],
  },
  'use case': {
    own: ['use case', 'policy', 'errors', 'store'],
    ground: ['kernel', 'db/database.ts'],
    below: true,
    packages: [],
  },
  policy: { own: ['policy', 'use case'], ground: ['kernel'], below: false, packages: [] },
  errors: { own: [], ground: ['kernel'], below: false, packages: [] },
  config: { own: ['policy', 'use case'], ground: ['kernel', 'config'], below: false, packages: [] },
  tables: { own: [], ground: ['kernel'], below: false, packages: ['kysely'] },
  store: { own: ['policy', 'use case'], ground: ['kernel', 'db/database.ts'], below: true, packages: [] },
  sql: {
    own: ['tables', 'store', 'sql', 'policy', 'errors', 'use case'],
    ground: ['kernel', 'db/database.ts', 'db/statement.ts'],
    below: true,
    packages: ['kysely'],
  },
};

const partNames: Readonly<Record<string, PartName>> = {
  'index.ts': 'door',
  'routes.ts': 'edge',
  'schemas.ts': 'edge',
  'replies.ts': 'edge',
  'policy.ts': 'policy',
  'errors.ts': 'errors',
  'config.ts': 'config',
  'tables.ts': 'tables',
  'store.ts': 'store',
  'store.sql.ts': 'sql',
};

/** Packages with one place; every other may be imported by whoever needs it. */
const placedPackages: readonly string[] = ['fastify', 'kysely', 'typebox'];

/** Every import that does not look down, with what to do about it. */
export function floorBreaches(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => !isForTests(path))
    .flatMap((source) => [
      ...(source.hidesImports ? [`${source.path}: write the name of what import() takes as a plain text`] : []),
      ...source.imports.flatMap((target) => {
        const advice = adviceOn(source.path, target);
        return advice === undefined ? [] : [`${source.path} imports ${target}: ${advice}`];
      }),
    ]);
}

function adviceOn(path: string, target: string): string | undefined {
  if (target.startsWith('node:')) return undefined;
  const [area = ''] = path.split('/');
  if (isForTests(target)) return 'it is for tests alone; move what both need out of it';
  if (area === 'app' || area === 'main.ts') return undefined;
  if (area === 'features') return isOurs(target) ? inFeature(path, target) : packageInFeature(path, target);
  const allowed = groundFloor[area];
  if (allowed === undefined) return `there is no place for ${area}: put it into a feature, or name it in floors.ts`;
  if (!isOurs(target)) return packageOnGround(area, target);
  return allowed.includes(target.split('/')[0] ?? '')
    ? undefined
    : `${area}/ may import ${allowed.join(', ')} only: take what is needed as a parameter, or make it a word of kernel/`;
}

const isOurs = (target: string): boolean => target.endsWith('.ts') || target.startsWith('.');

function packageOnGround(area: string, name: string): string | undefined {
  if (area === 'kernel' || area === 'config') return `${area}/ stands on Node alone`;
  return (name === 'kysely' && area !== 'db') || (name === 'fastify' && area !== 'http')
    ? `${name} belongs into ${name === 'kysely' ? 'db/' : 'http/'}`
    : undefined;
}

function packageInFeature(path: string, name: string): string | undefined {
  if (!placedPackages.includes(name) || parts[partOf(path)].packages.includes(name)) return undefined;
  if (name === 'typebox') return 'schemas are made with http/schema.ts';
  return name === 'kysely'
    ? 'SQL is written in store.sql.ts only, and told of its tables in tables.ts'
    : `${name} is for routes.ts, schemas.ts and replies.ts only`;
}

function inFeature(path: string, target: string): string | undefined {
  const part = partOf(path);
  const { own, ground, below } = parts[part];
  const [, feature = ''] = path.split('/');
  const [area = '', other = ''] = target.split('/');
  if (area !== 'features') {
    return ground.includes(area) || ground.includes(target)
      ? undefined
      : `the part "${part}" of a feature may import of the ground floor only ${ground.join(', ') || 'nothing'}`;
  }
  if (other === feature) {
    return own.includes(partOf(target))
      ? undefined
      : `the part "${part}" may import of its own feature only: ${own.join(', ') || 'nothing'}`;
  }
  if (posix.basename(target) !== 'index.ts') return `use the door, features/${other}/index.ts, and let it export this`;
  return below ? acrossFloors(feature, other) : `the part "${part}" knows no other feature: pass the value in`;
}

function acrossFloors(feature: string, other: string): string | undefined {
  const [from, to] = [floorOf(feature), floorOf(other)];
  if (from === undefined || to === undefined) {
    return `${from === undefined ? feature : other} has no floor yet: give it one in featureFloors (test/laws/floors.ts)`;
  }
  if (to < from) return undefined;
  return to === from
    ? 'they are peers: the step that needs both belongs to a feature above them'
    : `${other} stands above ${feature}: the step belongs there, or what is needed belongs further down`;
}

function floorOf(feature: string): number | undefined {
  const floor = featureFloors.findIndex((peers) => peers.includes(feature));
  return floor === -1 ? undefined : floor;
}

/** A feature with many routes, statements or settings may part them: `own-routes.ts` beside `routes.ts`, `seal-store.sql.ts` beside `store.sql.ts`. */
const partOf = (path: string): PartName =>
  partNames[posix.basename(path).replace(/^.*-(?=(?:routes|schemas|store|store\.sql|config)\.ts$)/, '')] ?? 'use case';
