/** Which methods each path takes. Asked only when nothing matched, to tell 404 from 405. */
export interface MethodTable {
  add(method: string, url: string): void;
  /** Sorted, without repeats; empty for an unknown path. `path` is raw: percent-encoded, perhaps with a query. */
  allowed(path: string): readonly string[];
}

export function createMethodTable(): MethodTable {
  const patterns = new Map<string, { readonly matches: RegExp; readonly methods: Set<string> }>();
  return {
    add: (method, url) => {
      const entry = patterns.get(url) ?? { matches: patternOf(url), methods: new Set<string>() };
      entry.methods.add(method);
      patterns.set(url, entry);
    },
    allowed: (path) => {
      const plain = plainPath(path);
      const methods = [...patterns.values()]
        .filter(({ matches }) => matches.test(plain))
        .flatMap((entry) => [...entry.methods]);
      return [...new Set(methods)].sort();
    },
  };
}

/** `/users/:id` matches one segment, `/docs/*` the rest. */
function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part.startsWith(':')) return '[^/]+';
    return part === '*' ? '.*' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('/')}$`, 's');
}

function plainPath(path: string): string {
  const bare = path.replace(/[?#].*$/s, '');
  try {
    return decodeURI(bare);
  } catch {
    return bare;
  }
}
