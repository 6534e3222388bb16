import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of a test's own, gone when the test is. */
export interface TestFolder extends Disposable {
  readonly path: string;
  /** The path of an entry in it. */
  file(name: string): string;
}

/** @param within where it is made: where the system keeps what is temporary, unless said */
export function createTestFolder(within: string = tmpdir()): TestFolder {
  const path = mkdtempSync(join(within, 'keyward-test-'));
  return {
    path,
    file: (name) => join(path, name),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}
