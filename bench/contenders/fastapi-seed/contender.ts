import { join } from 'node:path';
import { type Contender, post } from '../../harness/contender.ts';
import { installPython, pythonOf } from '../../harness/install.ts';

const folder = import.meta.dirname;

/** The design of the FastAPI authentication template, written from its document. */
export const fastapiSeed: Contender = {
  name: 'FastAPI template',
  stores: ['sqlite', 'postgres'],
  hashes: { own: 'bcrypt, 12 rounds', equalDiffers: true },
  refreshesApart: false,
  prepare: () => installPython(folder, ['fastapi', 'uvicorn', 'SQLAlchemy', 'passlib', 'bcrypt', 'python-jose']),
  launch: ({ port, folder: data, postgresUrl, hash }) => ({
    program: pythonOf(folder),
    args: ['-m', 'uvicorn', 'main:app', '--app-dir', folder, ...quiet, '--host', '127.0.0.1', '--port', String(port)],
    cwd: data,
    node: false,
    env: {
      PYTHON_ENV: 'production',
      PYTHONPATH: folder,
      SECRET_KEY: 'a secret key for a benchmark that is long enough',
      DATABASE_URL:
        postgresUrl?.replace('postgresql://', 'postgresql+psycopg2://') ?? `sqlite:///${join(data, 'seed.db')}`,
      PASSWORD_SCHEME: hash === 'equal' ? 'argon2' : 'bcrypt',
    },
  }),
  first: { method: 'GET', path: '/openapi.json' },
  signUp: (person) => post('/signup', person),
  signIn: ({ email, password }) => post('/login', { email, password }),
  credentialsOf({ body }) {
    const { access_token: access, refresh_token: refresh } = body as { access_token: string; refresh_token: string };
    return {
      user: { method: 'GET', path: '/user', headers: { Authorization: `Bearer ${access}` } },
      refresh: {
        request: { method: 'GET', path: '/refresh-access-token', headers: { Cookie: `refresh_token=${refresh}` } },
      },
    };
  },
};

const quiet = ['--no-access-log', '--log-level', 'warning'];
