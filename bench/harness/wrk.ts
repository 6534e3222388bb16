import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Request } from './contender.ts';
import { cache } from './install.ts';

/** What a load sends. */
export interface Load {
  readonly requests: readonly Request[];
  readonly connections: number;
  readonly seconds: number;
  /** Milliseconds that a connection waits before each request: a load that leaves the server time. */
  readonly pauseMs?: number;
  /** Tokens for `{token}`, more than connections, and the field of the answers that gives the next ones. */
  readonly chain?: { readonly tokens: readonly string[]; readonly field: string };
}

export interface Taken {
  /** Answered with 2xx or 3xx. */
  readonly good: number;
  readonly refused: number;
  readonly broken: number;
  readonly seconds: number;
  /** Milliseconds, as wrk corrects them for the requests that a slow answer has kept from being sent. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** A load generator at work. */
export interface Wrk {
  readonly version: string;
  /** Whether it goes before the server where both want a core: else its own waiting is in the times. Only root may do this. */
  readonly hasPrecedence: boolean;
  run(port: number, load: Load, folder: string): Promise<Taken>;
}

const script = join(import.meta.dirname, 'wrk.lua');
const timeoutSeconds = 30;
const execFileAsync = promisify(execFile);
let count = 0;

/** That of the machine, or Debian's package, unpacked into the cache. */
export function findWrk(): Wrk | { readonly missing: string } {
  const own = join(cache, 'wrk');
  if (!responds('wrk') && !responds(join(own, 'wrk'))) fetchPackage(own);
  const program = ['wrk', join(own, 'wrk')].find(responds);
  if (program === undefined) return { missing: 'wrk is not there and could not be fetched: apt-get install wrk' };
  const version = /wrk (?:debian\/)?(\S+)/.exec(spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout)?.[1];
  return { version: version ?? 'unknown', hasPrecedence: mayPrecede(), run: (...args) => runWrk(program, ...args) };
}

const responds = (program: string): boolean =>
  /wrk/.test(spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout ?? '');

/** Debian's packages by apt, whose downloads it checks; nothing is installed. wrk needs LuaJIT besides what is always there. */
function fetchPackage(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const options = { cwd: folder, timeout: 120_000, stdio: 'ignore' } as const;
  spawnSync('apt-get', ['download', 'wrk', 'libluajit-5.1-2'], options);
  for (const file of readdirSync(folder)) spawnSync('dpkg-deb', ['--extract', file, '.'], options);
  if (!existsSync(join(folder, 'usr/bin/wrk'))) return;
  const start =
    '#!/bin/sh\nhere=$(dirname "$0")\nLD_LIBRARY_PATH=$(echo "$here"/usr/lib/*-linux-gnu) exec "$here/usr/bin/wrk" "$@"\n';
  writeFileSync(join(folder, 'wrk'), start, { mode: 0o755 });
}

function mayPrecede(): boolean {
  return process.getuid?.() === 0;
}

async function runWrk(program: string, port: number, load: Load, folder: string): Promise<Taken> {
  count += 1;
  const job = join(folder, `job-${count}.lua`);
  writeFileSync(job, `return ${luaOf(jobOf(port, load))}\n`);
  const url = `http://127.0.0.1:${port}`;
  const shape = ['-t', '1', '-c', String(load.connections), '-d', `${load.seconds}s`];
  const running = execFileAsync(program, [...shape, '--timeout', `${timeoutSeconds}s`, '-s', script, url, '--', job], {
    timeout: (load.seconds + 2 * timeoutSeconds) * 1_000,
    killSignal: 'SIGKILL',
  });
  if (mayPrecede()) setPriority(running.child.pid ?? 0, -20);
  const { stdout } = await running.finally(() => rmSync(job));
  const told = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  return {
    good: told.answers - told.refused,
    refused: told.refused,
    broken: told.broken,
    seconds: told.microseconds / 1e6,
    p50: told.p50 / 1e3,
    p99: told.p99 / 1e3,
    max: told.max / 1e3,
  };
}

const place = /\{(?:n|ip|token)\}/;
let numbered = 0;

function jobOf(port: number, { requests, pauseMs, chain }: Load): object {
  const texts = requests.map((it) => ({ head: headOf(port, it), body: it.body ?? '' }));
  const rest = { ...(pauseMs === undefined ? {} : { pause: pauseMs }), ...(chain === undefined ? {} : chain) };
  if (!texts.some(({ head, body }) => place.test(head + body)))
    return { requests: texts.map(({ head, body }) => `${head}${lengthOf(body)}\r\n${body}`), ...rest };
  // No number comes twice in a run, whatever the job.
  numbered += 1;
  return { variants: texts, from: numbered * 1_000_000, ...rest };
}

const lengthOf = (body: string): string => (body === '' ? '' : `Content-Length: ${Buffer.byteLength(body)}\r\n`);

function headOf(port: number, { method, path, headers = {} }: Request): string {
  const lines = Object.entries({ Host: `127.0.0.1:${port}`, ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}`;
}

/** As a literal of Lua. JSON's strings are Lua's, for what stands in requests. */
function luaOf(value: unknown): string {
  if (Array.isArray(value)) return `{${value.map(luaOf).join(',')}}`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([name, it]) => `[${JSON.stringify(name)}]=${luaOf(it)}`)
      .join(',')}}`;
  return JSON.stringify(value);
}
