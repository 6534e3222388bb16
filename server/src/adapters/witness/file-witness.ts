import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Witness } from '../../kernel/witness.ts';

/** More than the last line ever is. */
const tailBytes = 8_192;

/**
 * Keeps checkpoints in a file that only grows, one line each, durable before it says so. Opened for each line: so it can be rotated at
 * any time, and several processes can share it.
 */
export function createFileWitness(path: string): Witness {
  return {
    name: `file:${path}`,
    async tell({ line }) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const file = await open(path, 'a+', 0o600);
      try {
        const { size } = await file.stat();
        const length = Math.min(size, tailBytes);
        const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
        const tail = buffer.toString('utf8');
        // Another process of this node was first.
        if (tail.endsWith(`${line}\n`)) return;
        // A machine that died may have left half a line.
        await file.write(tail === '' || tail.endsWith('\n') ? `${line}\n` : `\n${line}\n`);
        await file.datasync();
      } finally {
        await file.close();
      }
    },
  };
}
