#!/usr/bin/env node
// The entry. Plain JavaScript, so that a Node too old to read the rest can at least say so.

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 7)) {
  process.stderr.write(
    `Keyward needs Node 24.7 or later; this is ${process.versions.node}.\n` +
      'In a checkout, `npm ci` brings the right one along and `npm start` uses it: run Keyward through npm.\n',
  );
  process.exit(1);
}

// libuv reads this when its pool is first used. With its default of 4 threads a file sync waits behind password hashes, 50 ms and more.
process.env.UV_THREADPOOL_SIZE ??= '16';

// Stripped and compiled code is kept from the first start on, which halves the next ones. Beside the code and not in the shared
// temporary folder, where another user of the machine could plant it. Where it cannot be written it is simply not used.
const { enableCompileCache } = await import('node:module');
enableCompileCache(`${import.meta.dirname}/../../node_modules/.cache/keyward`);

await import('./quick-imports.js');
const { main } = await import('../src/main.ts');
await main(process.argv.slice(2));
