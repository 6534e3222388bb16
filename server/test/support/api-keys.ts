import { asApiKeyId, type UserId } from '../../src/kernel/ids.ts';
import type { Call } from './client.ts';
import { giveRole } from './people.ts';
import type { TestServer } from './server.ts';

/** What a program holds, and by what its owner knows it. */
export interface HeldKey {
  readonly id: ReturnType<typeof asApiKeyId>;
  readonly key: string;
}

/** Makes a key over HTTP; fails where that fails. */
export async function makeApiKey(
  call: Call,
  token: string,
  permissions: readonly string[],
  more: object = {},
): Promise<HeldKey> {
  const json = { name: 'ci', permissions, ...more };
  const { status, body } = await call('POST', '/api-keys', { token, json });
  if (status !== 201) throw new Error(`no key was made: ${status} ${JSON.stringify(body)}`);
  return { id: asApiKeyId(body.id), key: body.key };
}

/** Lets a user make keys and do what they are for. */
export const letMakeKeys = (server: TestServer, user: UserId, permissions: readonly string[]) =>
  giveRole(server, user, `maker ${user}`, ['api-keys:write', ...permissions]);
