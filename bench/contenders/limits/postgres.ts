/**
 * `--job transaction`: BEGIN, one row changed by its key, COMMIT, with the syncs that PostgreSQL makes by itself. `--job read`: one row read
 * by its key. Prepared statements, 20 connections.
 */
import pg from 'pg';
import { job, loop, place } from './loop.ts';

const rows = 1_000;
const pool = new pg.Pool({ connectionString: place, max: 20 });
await pool.query(
  'create table if not exists sessions (id text primary key, generation integer not null, hash text not null)',
);
await pool.query(
  "insert into sessions select 'session-' || n, 0, repeat('h', 43) from generate_series(0, $1::int - 1) n on conflict do nothing",
  [rows],
);

let turn = 0;
const nextRow = () => `session-${(turn++ * 7_919) % rows}`;
const update = { name: 'update', text: 'update sessions set generation = generation + 1, hash = $1 where id = $2' };
const select = { name: 'select', text: 'select id, generation, hash from sessions where id = $1' };

async function transaction(): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query({ ...update, values: ['g'.repeat(43), nextRow()] });
    await client.query('commit');
  } finally {
    client.release();
  }
}

await loop(job === 'read' ? () => pool.query({ ...select, values: [nextRow()] }) : transaction);
await pool.end();
