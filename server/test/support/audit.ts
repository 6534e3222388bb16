import type { Compilable, Kysely } from 'kysely';
import {
  type Audit,
  auditHolding,
  readKeyText,
  type Verification,
  verifyExport,
} from '../../src/features/audit/index.ts';
import { asUserId, type UserId } from '../../src/kernel/ids.ts';
import type { Witness } from '../../src/kernel/witness.ts';
import { behind } from './behind.ts';
import { createClient } from './client.ts';
import { ada, bea, logIn, signUp } from './people.ts';
import { startServer, type TestServer, type TestServerOptions } from './server.ts';

/** A witness that keeps what it is told in memory. */
export interface TestWitness extends Witness {
  readonly lines: string[];
}

export function createTestWitness(): TestWitness {
  const lines: string[] = [];
  return {
    name: 'test',
    lines,
    tell: async ({ line }) => {
      lines.push(line);
    },
  };
}

/** A server whose record has three checkpoints, of four, four and five rows or more, and a witness that has seen each. */
export interface SealedServer extends TestServer {
  readonly audit: Audit;
  readonly witness: TestWitness;
  /** What is wrong in the database, as its operator finds it. */
  check(): Promise<Verification>;
  /** What is wrong in an export, as anybody finds it who has the public key. */
  checkExport(): Promise<Verification>;
  seal(): Promise<void>;
  /** Runs SQL behind the server's back. */
  sql<R>(build: Attack<R>): Promise<R[]>;
}

// biome-ignore lint/suspicious/noExplicitAny: an attacker sees every table.
type Attack<R> = (builder: Kysely<any>) => Compilable<R>;

export async function startSealedServer(options: TestServerOptions = {}): Promise<SealedServer> {
  const witness = createTestWitness();
  const server = await startServer({ witnesses: [witness], ...options });
  const { audit } = server.features;
  const call = createClient(server.url);
  const seal = async () => {
    await audit.seal.all();
    await audit.witnesses.all();
    server.clock.advance(1_000);
  };
  await signUp(call, ada);
  await call('POST', '/login', { json: { email: ada.email, password: 'not her password' } });
  await call('POST', '/login', { json: { email: 'nobody@example.com', password: 'nobody has this' } });
  await seal();
  await signUp(call, bea);
  await logIn(call, ada);
  await call('POST', '/logout', { token: (await logIn(call, bea)).accessToken });
  await seal();
  const { roles } = server.features;
  for (const name of ['one', 'two', 'three', 'four']) {
    await roles.createRole({ name, description: '', permissions: [], by: undefined });
  }
  await roles.changeRole.assign({ user: asUserId(2), role: 'one' });
  await seal();
  return {
    ...server,
    audit,
    witness,
    seal,
    check: () => audit.verify({ witness: witness.lines }),
    checkExport: async () => checkExport(audit, await exported(audit)),
    sql: (build) => behind(server.db, build),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** The lines of an export. */
export async function exported(audit: Audit, after = 0): Promise<string[]> {
  let text = '';
  for await (const lines of audit.exportAll({ after })) text += lines;
  return text.trimEnd().split('\n');
}

export const publicKeys = (audit: Audit) => audit.publicKeys.flatMap(({ text }) => readKeyText(text) ?? []);

export const checkExport = (audit: Audit, lines: readonly string[], witness: readonly string[] = []) =>
  verifyExport({ lines, trusted: publicKeys(audit), witness });

/** Erases a user's personal data from the record, as a purge does. */
export const purge = ({ db, features: { audit } }: TestServer, user: UserId) =>
  db.transact(async (tx) => {
    await auditHolding.forget(tx, user);
    await audit.record(tx, { event: 'user.purged', subject: user });
  });
