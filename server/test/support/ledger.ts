import { sql } from 'kysely';
import type { Database, Tx } from '../../src/db/database.ts';
import { statements } from '../../src/db/statement.ts';

interface LedgerTables {
  ledger: { entry: number; part: number; filler: string };
}

const { statement } = statements<LedgerTables>();

const addPart = statement((db, p: { entry: number; part: number; filler: string }) =>
  db.insertInto('ledger').values({ entry: p.entry, part: p.part, filler: p.filler }),
);

const countParts = statement((db, _: object) =>
  db
    .selectFrom('ledger')
    .select(['entry', sql<number>`count(*)`.as('parts')])
    .groupBy('entry'),
);

/** How many rows an entry has when it is whole: some fit on a page, some do not. */
const partsOf = (entry: number): number => 2 + (entry % 4);

/** A table whose entries are transactions of several rows, so that a half one shows. */
export async function createLedger(db: Database): Promise<void> {
  await db.transact(async (tx) => {
    await tx.query(rawQuery(db, 'create table ledger (entry integer, part integer, filler text) strict'));
    await tx.query(rawQuery(db, 'create index ledger_entry on ledger (entry)'));
  });
}

/** Writes one entry, row by row. */
export async function writeEntry(tx: Tx, entry: number): Promise<void> {
  for (let part = 0; part < partsOf(entry); part += 1) {
    await tx.execute(addPart, { entry, part, filler: String(entry).padEnd(100 + (entry % 700), '.') });
  }
}

/** The entries that are whole, and those that are there in part. */
export async function readLedger(db: Database): Promise<{ whole: Set<number>; half: number[] }> {
  const rows = await db.all(countParts, {});
  const isWhole = ({ entry, parts }: { entry: number; parts: number }) => parts === partsOf(entry);
  return {
    whole: new Set(rows.filter(isWhole).map(({ entry }) => entry)),
    half: rows.filter((row) => !isWhole(row)).map(({ entry }) => entry),
  };
}

/** SQL as it is written, for what only one database knows. */
export function rawQuery<R = unknown>(db: Database, text: string) {
  return { compile: () => sql<R>`${sql.raw(text)}`.compile(db.dialect.builder) };
}
