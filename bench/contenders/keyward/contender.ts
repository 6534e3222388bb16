import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Contender, post } from '../../harness/contender.ts';

const root = join(import.meta.dirname, '../../..');
const entry = join(root, 'server/bin/keyward.js');

interface SignedIn {
  readonly access_token: string;
  readonly refresh_token: string;
}

/** This repository's server as it is installed, in production mode, with its limits on. */
export const keyward: Contender = {
  name: 'Keyward',
  stores: ['sqlite', 'postgres'],
  hashes: { own: 'argon2id', equalDiffers: false },
  refreshesApart: false,
  async prepare() {
    const { version } = JSON.parse(readFileSync(join(root, 'server/package.json'), 'utf8'));
    return { versions: { keyward: version } };
  },
  launch: ({ port, folder, postgresUrl }) => ({
    program: process.execPath,
    // As `npm start` has it.
    args: ['--max-semi-space-size=4', entry, 'serve'],
    cwd: folder,
    node: true,
    env: {
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      PUBLIC_URL: `http://localhost:${port}`,
      DATA_DIR: folder,
      DATABASE_URL: postgresUrl ?? `sqlite:///${join(folder, 'keyward.db')}`,
      SECRET_KEY: 'a secret key for a benchmark that is long enough',
      // The load says itself from which address each request comes.
      TRUST_PROXY: '1',
    },
  }),
  first: { method: 'GET', path: '/readyz' },
  signUp: (person) => post('/signup', person),
  signIn: ({ email, password }) => post('/login', { email, password }),
  credentialsOf({ body }) {
    const { access_token: access, refresh_token: refresh } = body as SignedIn;
    return {
      user: { method: 'GET', path: '/user', headers: { Authorization: `Bearer ${access}` } },
      refresh: {
        request: post('/refresh-access-token', { refresh_token: '{token}' }),
        chain: { first: refresh, field: 'refresh_token' },
      },
    };
  },
};
