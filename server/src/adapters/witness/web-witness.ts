import type { Witness } from '../../kernel/witness.ts';

/** For the whole exchange. */
const timeoutMs = 5_000;

/** Posts checkpoints as JSON to an address of the operator's. Any 2xx says that it is kept. */
export function createWebWitness(url: string): Witness {
  return {
    // Its path may hold a secret.
    name: new URL(url).origin,
    async tell({ line }) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'keyward' },
        body: line,
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      }).catch((error: unknown) => {
        throw new Error(reasonOf(error));
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`status ${response.status}`);
    },
  };
}

/** Never the address itself. */
function reasonOf(error: unknown): string {
  const { name, cause } = error as Error & { cause?: { code?: unknown } };
  if (name === 'TimeoutError') return 'no answer in time';
  return typeof cause?.code === 'string' ? cause.code : 'the request failed';
}
