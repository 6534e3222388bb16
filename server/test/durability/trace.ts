/**
 * One system call that matters, between the lines of the trace at which it began and had ended. Lines stand in the order in which the
 * kernel was entered and left, over all threads.
 */
export type TraceEvent = { readonly begun: number; readonly ended: number } & (
  | { readonly kind: 'write'; readonly path: string; readonly offset: number; readonly data: Buffer }
  | { readonly kind: 'truncate'; readonly path: string; readonly size: number }
  | { readonly kind: 'sync'; readonly path: string; readonly call: string }
  | { readonly kind: 'create' | 'remove' | 'make-folder'; readonly path: string }
  /** Bytes to a socket or a pipe: what the world has been told once this has begun. */
  | { readonly kind: 'said'; readonly text: string }
);

const calls = [
  ...['openat', 'mkdir', 'unlink', 'write', 'writev', 'pwrite64', 'ftruncate', 'fsync', 'fdatasync'],
  // None of these may touch the folder, since the analysis does not know them.
  ...['pwritev', 'pwritev2', 'fallocate', 'copy_file_range', 'rename', 'renameat2', 'link', 'linkat', 'symlink'],
  ...['rmdir', 'unlinkat', 'mkdirat', 'truncate', 'sync_file_range', 'sync', 'syncfs'],
];

/** Runs the program behind it and writes its calls to `file`, with all bytes in hexadecimal. */
export const traceInto = (file: string): readonly string[] => [
  ...['strace', '-f', '--seccomp-bpf', '--strings-in-hex=all', '--decode-fds=path', '--string-limit=70000'],
  ...[`--trace=${calls.join(',')}`, '-o', file],
];

interface Call {
  readonly name: string;
  readonly args: string;
  readonly result: number;
  readonly begun: number;
  readonly ended: number;
}

/**
 * Reads a trace.
 *
 * @param folder what is written outside of it is of no interest, except what goes to sockets and pipes
 * @throws on a call within the folder that the analysis does not know
 */
export function parseTrace(trace: string, folder: string): TraceEvent[] {
  const events: TraceEvent[] = [];
  for (const call of callsIn(trace)) {
    const event = call.result < 0 ? undefined : eventOf(call, folder);
    if (event !== undefined) events.push(event);
  }
  return events.sort((a, b) => a.ended - b.ended);
}

/** Calls as whole ones, also those that were interrupted by lines of other threads. */
function* callsIn(trace: string): Generator<Call> {
  const unfinished = new Map<string, { name: string; args: string; begun: number }>();
  let line = 0;
  for (const text of trace.split('\n')) {
    line += 1;
    const whole = /^(\d+) +(\w+)\((.*)\) += (-?\d+)/.exec(text);
    if (whole !== null) {
      const [, , name = '', args = '', result] = whole;
      yield { name, args, result: Number(result), begun: line, ended: line };
      continue;
    }
    const [, opener = '', name = '', args = ''] = /^(\d+) +(\w+)\((.*?) *<unfinished \.\.\.>$/.exec(text) ?? [];
    if (name !== '') unfinished.set(opener, { name, args, begun: line });
    const [, thread = '', rest = '', result] = /^(\d+) +<\.\.\. \w+ resumed>(.*)\) += (-?\d+)/.exec(text) ?? [];
    const opened = unfinished.get(thread);
    if (opened === undefined || result === undefined) continue;
    unfinished.delete(thread);
    yield { ...opened, args: opened.args + rest, result: Number(result), ended: line };
  }
}

function eventOf({ name, args, result, begun, ended }: Call, folder: string): TraceEvent | undefined {
  const at = { begun, ended };
  const path = pathIn(name, args);
  if (!path.startsWith(folder)) return isSaid(name, path) ? { ...at, kind: 'said', text: saidIn(args) } : undefined;
  switch (name) {
    case 'openat':
      return args.includes('O_CREAT') ? { ...at, kind: 'create', path } : undefined;
    case 'mkdir':
      return { ...at, kind: 'make-folder', path };
    case 'unlink':
      return { ...at, kind: 'remove', path };
    case 'fsync':
    case 'fdatasync':
      return { ...at, kind: 'sync', path, call: name };
    case 'ftruncate':
      return { ...at, kind: 'truncate', path, size: numberAfter(args, 1) };
    case 'pwrite64': {
      const data = bytesOf(args);
      if (data.length !== result) throw new Error(`the trace holds ${data.length} of ${result} bytes`);
      return { ...at, kind: 'write', path, data, offset: numberAfter(args, 3) };
    }
    default:
      if (/keyward\.db/.test(path)) throw new Error(`${name} of ${path}: the analysis does not know this call`);
      return undefined;
  }
}

const isSaid = (name: string, path: string): boolean =>
  (name === 'write' || name === 'writev') && !path.startsWith('/') && !path.startsWith('anon_inode');

/** The path in `3<path>`, or in quotes for the calls that take one. */
function pathIn(name: string, args: string): string {
  const takesPath = ['openat', 'mkdir', 'unlink'].includes(name);
  const [, path = ''] = (takesPath ? /"([^"]*)"/ : /^\d+<([^>]*)>/).exec(args) ?? [];
  return fromHex(path).toString();
}

const bytesOf = (args: string): Buffer => fromHex(/"([^"]*)"/.exec(args)?.[1] ?? '');

const saidIn = (args: string): string =>
  Buffer.concat([...args.matchAll(/"([^"]*)"/g)].map(([, hex = '']) => fromHex(hex))).toString();

const numberAfter = (args: string, commas: number): number => Number(args.split(', ')[commas]);

const fromHex = (text: string): Buffer => Buffer.from(text.replaceAll('\\x', ''), 'hex');
