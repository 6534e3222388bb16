import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './databases/server-process.ts';
import { createTestFolder } from './folder.ts';

/** A proxy with the configuration that docs/proxies recommends, on loopback and without TLS. */
export interface RunningProxy extends AsyncDisposable {
  readonly port: number;
}

export interface ProxyKind {
  readonly name: 'nginx' | 'haproxy';
  /** Whether this machine has it. */
  readonly isHere: () => boolean;
  /** @param nodes ports of the servers behind it @param change what a test wants otherwise than documented */
  readonly start: (nodes: readonly number[], change?: (configuration: string) => string) => Promise<RunningProxy>;
}

const patienceMs = 20_000;

const nginx: ProxyKind = {
  name: 'nginx',
  isHere: () => spawnSync('nginx', ['-v']).status === 0,
  async start(nodes, change = (it) => it) {
    const port = await freePort();
    const site = replaceAll(documented('nginx.conf'), [
      ['  listen 443 ssl;', `  listen 127.0.0.1:${port};`],
      [/^ {2}ssl_certificate.*\n/gm, ''],
      ['  server 127.0.0.1:8000;', nodes.map((node) => `  server 127.0.0.1:${node};`).join('\n')],
      ['  listen 80;', `  listen 127.0.0.1:${await freePort()};`],
    ]);
    return run('nginx', port, (folder) => {
      for (const name of ['body', 'proxy', 'other']) mkdirSync(`${folder}/${name}`);
      writeFileSync(`${folder}/nginx.conf`, aroundSite(folder, change(site)));
      return ['-p', folder, '-c', `${folder}/nginx.conf`, '-e', `${folder}/error.log`];
    });
  },
};

export const haproxy: ProxyKind = {
  name: 'haproxy',
  isHere: () => spawnSync('haproxy', ['-v']).status === 0,
  async start(nodes, change = (it) => it) {
    const port = await freePort();
    const configuration = replaceAll(documented('haproxy.cfg'), [
      [/^ {2}bind :443 .*$/m, `  bind 127.0.0.1:${port}`],
      ['  server a 127.0.0.1:8000', nodes.map((node) => `  server n${node} 127.0.0.1:${node}`).join('\n')],
    ]);
    return run('haproxy', port, (folder) => {
      writeFileSync(`${folder}/haproxy.cfg`, change(configuration));
      return ['-db', '-f', `${folder}/haproxy.cfg`];
    });
  },
};

export const proxyKinds: readonly ProxyKind[] = [nginx, haproxy];

const documented = (name: string): string =>
  readFileSync(new URL(`../../../docs/proxies/${name}`, import.meta.url), 'utf8');

/** Each change must find its place, or the test would run with something else than what is documented. */
export function replaceAll(text: string, changes: readonly (readonly [from: string | RegExp, to: string])[]): string {
  let changed = text;
  for (const [from, to] of changes) {
    const next = changed.replace(from, to);
    if (next === changed) throw new Error(`the documented configuration has no ${from}`);
    changed = next;
  }
  return changed;
}

/** What a system's nginx.conf has around a site, without a place outside the folder. */
const aroundSite = (folder: string, site: string): string => `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/other;
  uwsgi_temp_path ${folder}/other;
  scgi_temp_path ${folder}/other;
${site}}
`;

/** Runs the program until it is disposed of, and waits until it listens. */
async function run(program: string, port: number, prepare: (folder: string) => string[]): Promise<RunningProxy> {
  const folder = createTestFolder();
  const child = spawn(program, prepare(folder.path), { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const gone = once(child, 'exit');
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const close = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await gone;
    process.off('exit', killWithUs);
    folder[Symbol.dispose]();
  };
  for (const end = performance.now() + patienceMs; !(await listens(port)); await sleep(25)) {
    if (child.exitCode === null && performance.now() < end) continue;
    await close();
    throw new Error(`${program} did not start: ${said}`);
  }
  return { port, [Symbol.asyncDispose]: close };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
