import { fileURLToPath } from 'node:url';

/** What `weak/serve.ts` is started by, in place of Keyward. */
export const weakServer = (...args: readonly string[]) => ({
  script: fileURLToPath(new URL('serve.ts', import.meta.url)),
  args,
});
