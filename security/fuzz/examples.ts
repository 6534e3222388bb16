import type { Drawn } from './request.ts';

type Example = Partial<Pick<Drawn, 'parameters' | 'body'>>;

const user = { user_id: '⟦other id⟧' };

/** A request for each operation that succeeds for somebody: where a fuzzer never gets further than a refusal, it has looked at nothing. */
const examples: Readonly<Record<string, Example>> = {
  signUp: { body: { username: '⟦new username⟧', email: '⟦new email⟧', password: 'seven quiet lanterns burn' } },
  logIn: { body: { email: '⟦email⟧', password: '⟦password⟧' } },
  grantToken: { body: { grant_type: 'password', username: '⟦username⟧', password: '⟦password⟧' } },
  revokeToken: { body: { token: '⟦refresh token⟧' } },
  introspectToken: { body: { token: '⟦access token⟧' } },
  refreshAccessToken: { body: { refresh_token: '⟦refresh token⟧' } },
  logOut: { body: { refresh_token: '⟦refresh token⟧', all_devices: true } },
  changePassword: { body: { current_password: '⟦password⟧', new_password: 'seven quiet lanterns burn' } },
  createRole: { body: { name: 'editor', description: 'Edits.', permissions: ['users:delete'] } },
  registerPermission: { body: { name: 'posts:publish' } },
  endSession: { parameters: { session_id: '⟦own session⟧' } },
  deleteUser: { parameters: user },
  disableUser: { parameters: user },
  enableUser: { parameters: user },
  listUserSessions: { parameters: user },
  endUserSessions: { parameters: user },
  endUserSession: { parameters: { ...user, session_id: '⟦other session⟧' } },
  getStatusList: { parameters: { list: '0' } },
};

/** The request with which an operation is begun; undefined where it takes nothing, or where there is none yet. */
export function exampleFor(operationId: string): Drawn | undefined {
  const example = Object.hasOwn(examples, operationId) ? examples[operationId] : undefined;
  return example === undefined ? undefined : { parameters: {}, body: undefined, spoils: [], ...example };
}
