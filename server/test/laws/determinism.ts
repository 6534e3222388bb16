import { isForTests, type Source } from './sources.ts';

/** What makes two runs differ, where it is allowed, and what to use instead. */
const sources = [
  {
    what: 'the time',
    pattern:
      /\bDate\.now\b|\bnew Date\(\s*\)|(?<!new )\bDate\(|\bperformance\.(?:now|timeOrigin)\b|\bprocess\.hrtime\b/,
    home: 'adapters/',
    instead: 'take a `clock: Clock` and call clock.now()',
  },
  {
    what: 'randomness',
    pattern: /\bMath\.random\b|\brandom(?:Bytes|UUID|Int|Fill|FillSync)\b|\bgetRandomValues\b/,
    home: 'adapters/',
    instead: 'take a `random: Random` and call random.bytes()',
  },
  {
    what: 'the environment',
    pattern: /\bprocess\.env\b|\benv\b[^{}]*\}\s*=\s*process\b|\bimport\.meta\.env\b/,
    home: 'config/',
    instead: 'declare a setting in the config.ts of the feature',
  },
];

/** Every place that reads time, randomness or the environment past the ports. */
export function determinismBreaches(files: readonly Source[]): string[] {
  return files
    .filter(({ path }) => !isForTests(path))
    .flatMap(({ path, code }) =>
      sources
        .filter(({ pattern, home }) => pattern.test(code) && !path.startsWith(home))
        .map(({ what, home, instead }) => `${path} reads ${what}, which only ${home} may: ${instead}`),
    );
}

/** Policies that wait for something: a rule is decided from what it is given. */
export function policyBreaches(files: readonly Source[]): string[] {
  return files
    .filter(({ path, code }) => path.endsWith('/policy.ts') && /\b(?:await|async|Promise)\b/.test(code))
    .map(({ path }) => `${path} waits for something: let the use case fetch it, and pass it in`);
}
