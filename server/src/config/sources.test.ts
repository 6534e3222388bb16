import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSources } from './sources.ts';

function inDirectory(run: (directory: string) => void): void {
  const directory = mkdtempSync(join(tmpdir(), 'keyward-sources-'));
  try {
    run(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test('the .env of the directory is read, and relative secret files count from there', () => {
  inDirectory((directory) => {
    writeFileSync(join(directory, '.env'), 'PORT=1\n');
    writeFileSync(join(directory, 'secret.txt'), 'text');
    const { dotenv, readFile, faults } = readSources(directory);
    assert.deepEqual([dotenv, readFile('./secret.txt'), faults], ['PORT=1\n', 'text', undefined]);
  });
});

test('no .env is no fault', () => {
  inDirectory((directory) => {
    const { dotenv, faults } = readSources(directory);
    assert.deepEqual([dotenv, faults], [undefined, []]);
  });
});

test('a .env that is there but cannot be read is a fault: a live server must not fall back to development', () => {
  inDirectory((directory) => {
    mkdirSync(join(directory, '.env'));
    const { faults } = readSources(directory);
    assert.match(faults?.[0]?.problem ?? '', /cannot be read \(EISDIR\)/);
  });
});

test('the environment is a copy: nobody can change that of the process through it', () => {
  inDirectory((directory) => {
    const { environment } = readSources(directory);
    assert.notEqual(environment, process.env);
    assert.deepEqual(environment, { ...process.env });
  });
});
