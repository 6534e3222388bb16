import { join } from 'node:path';
import { type Contender, post } from '../../harness/contender.ts';
import { installPackages } from '../../harness/install.ts';

const folder = import.meta.dirname;

/** Better Auth, as its documentation sets it up on Node. */
export const betterAuth: Contender = {
  name: 'Better Auth',
  stores: ['sqlite', 'postgres'],
  hashes: { own: 'scrypt', equalDiffers: true },
  refreshesApart: true,
  prepare: () => installPackages(folder, ['better-auth', 'pg']),
  launch: ({ port, folder: data, postgresUrl, hash, refreshing }) => ({
    program: process.execPath,
    args: [join(folder, 'server.js')],
    cwd: data,
    node: true,
    env: {
      NODE_ENV: 'production',
      PORT: String(port),
      DATABASE_URL: postgresUrl ?? `sqlite://${join(data, 'better-auth.db')}`,
      PASSWORD_SCHEME: hash === 'equal' ? 'argon2' : 'own',
      ...(refreshing ? { SESSION_UPDATE_AGE: '0' } : {}),
    },
  }),
  first: { method: 'GET', path: '/api/auth/ok' },
  signUp: ({ username, email, password }) => post('/api/auth/sign-up/email', { name: username, email, password }),
  signIn: ({ email, password }) => post('/api/auth/sign-in/email', { email, password }),
  credentialsOf({ cookies }) {
    const user = {
      method: 'GET',
      path: '/api/auth/get-session',
      headers: { Cookie: cookies.join('; ') },
    } as const;
    return { user, refresh: { request: user } };
  },
};
