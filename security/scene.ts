import { createTestFolder } from '../server/test/support/folder.ts';
import { type ServerProcess, startServerProcess } from '../server/test/support/process.ts';
import { createSeeded, type Seeded } from '../server/test/support/seeded.ts';
import { createAddresses } from './addresses.ts';
import { type Ask, createAsk } from './ask.ts';
import { type Insider, openInsider } from './insider.ts';
import { createPeople, type People } from './people.ts';
import { createWire, type Wire } from './wire.ts';

/** The origin that may call with cookies. */
export const allowedOrigin = 'https://app.example.com';
export const publicUrl = 'https://auth.example.com';

/** Everything that an attack needs: a server of its own process on loopback, and what can be known of it. */
export interface Scene extends AsyncDisposable, People {
  readonly url: string;
  readonly quick: boolean;
  /** What is random in an attack is drawn from here, so that a seed repeats it. */
  readonly random: Seeded;
  readonly seed: number;
  readonly wire: Wire;
  readonly ask: Ask;
  /** An address that nobody has used. */
  address(): string;
  readonly insider: Insider;
  /** What the server has written to its log. */
  log(): string;
}

export interface SceneOptions {
  readonly quick: boolean;
  readonly seed: number;
  /** Started in place of Keyward, with these arguments: a composition that is made to be found out. */
  readonly script?: string;
  readonly args?: readonly string[];
  /** Before the server starts. */
  readonly prepare?: (insider: Insider) => Promise<void>;
  /** Where the temporary folder is made. */
  readonly within?: string;
}

/** Production, behind one proxy, which is the suite itself: only so can it come from a hundred addresses. */
const settings = {
  NODE_ENV: 'production',
  PUBLIC_URL: publicUrl,
  HOST: '127.0.0.1',
  TRUST_PROXY: '1',
  CORS_ORIGINS: allowedOrigin,
  SECRET_KEY: 'a secret key of the attack suite and of no value',
  LOG_LEVEL: 'info',
  RATE_LIMITS: 'on',
  // Nobody listens there: mails wait in the outbox, and whoever asks for them is answered all the same.
  SMTP_URL: 'smtp://127.0.0.1:9',
  MAIL_FROM: 'Keyward <no-reply@example.com>',
  // bin/keyward.js sets it for itself; other compositions are to run like it.
  UV_THREADPOOL_SIZE: '16',
};

export async function openScene(options: SceneOptions): Promise<Scene> {
  await using opened = new AsyncDisposableStack();
  const folder = opened.use(createTestFolder(options.within));
  const env = { ...settings, DATA_DIR: folder.path };
  const insider = opened.use(await openInsider(env));
  await options.prepare?.(insider);
  const server = opened.use(await startServer(folder.path, options));
  const wire = createWire(server.url);
  opened.defer(() => wire.close());
  const address = createAddresses();
  const ask = createAsk(wire, address);
  const closing = opened.move();
  const { quick, seed } = options;
  return {
    ...createPeople(ask, insider),
    ...{ url: server.url, quick, seed, random: createSeeded(seed), wire, ask, address, insider },
    log: () => server.said(),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

function startServer(dataDir: string, { script, args }: SceneOptions): Promise<ServerProcess> {
  const started = script === undefined ? {} : { script };
  return startServerProcess({ dataDir, env: settings, ...started, ...(args === undefined ? {} : { args }) });
}
