import type { Drawn } from './request.ts';

type Example = Partial<Pick<Drawn, 'parameters' | 'body'>>;

const user = { user_id: '⟦other id⟧' };
const role = { role_id: '⟦role⟧' };
const permissions = ['users:delete'];

/** A request for each operation that succeeds for somebody: where a fuzzer never gets further than a refusal, it has looked at nothing. */
const examples: Readonly<Record<string, Example>> = {
  signUp: { body: { username: '⟦new username⟧', email: '⟦new email⟧', password: 'seven quiet lanterns burn' } },
  logIn: { body: { email: '⟦email⟧', password: '⟦password⟧' } },
  askVerification: { body: { email: '⟦email⟧' } },
  askSignInMail: { body: { email: '⟦email⟧' } },
  logInByEmail: { body: { token: '⟦login token⟧' } },
  showLinkAccount: { body: { token: '⟦login token⟧' } },
  completeSignUp: { body: { token: '⟦sign-up token⟧', new_password: 'seven quiet lanterns burn' } },
  resetPassword: { body: { token: '⟦reset token⟧', new_password: 'seven quiet lanterns burn' } },
  verifyEmail: { body: { token: '⟦verification token⟧', new_password: 'seven quiet lanterns burn' } },
  forgotPassword: { body: { email: '⟦email⟧' } },
  startPasswordReset: { parameters: user },
  grantToken: { body: { grant_type: 'password', username: '⟦username⟧', password: '⟦password⟧' } },
  revokeToken: { body: { token: '⟦refresh token⟧' } },
  introspectToken: { body: { token: '⟦access token⟧' } },
  refreshAccessToken: { body: { refresh_token: '⟦refresh token⟧' } },
  logOut: { body: { refresh_token: '⟦refresh token⟧', all_devices: true } },
  changePassword: { body: { current_password: '⟦password⟧', new_password: 'seven quiet lanterns burn' } },
  endSession: { parameters: { session_id: '⟦own session⟧' } },
  updateCurrentUser: { body: { current_password: '⟦password⟧', username: '⟦new username⟧' } },
  askEmailChange: { body: { current_password: '⟦password⟧', email: '⟦new email⟧' } },
  confirmEmailChange: { body: { token: '⟦confirm token⟧', password: '⟦password⟧' } },
  undoEmailChange: { body: { token: '⟦undo token⟧' } },
  acceptInvitation: { body: { token: '⟦invitation token⟧', new_password: 'seven quiet lanterns burn' } },
  inviteUser: { parameters: { user_id: '⟦invited id⟧' } },
  listUsers: { parameters: { status: 'any', created_after: '2020-01-01T00:00:00Z', sort: '-created', limit: 2 } },
  createUser: { body: { username: '⟦new username⟧', email: '⟦new email⟧', password: 'seven quiet lanterns burn' } },
  getUser: { parameters: user },
  updateUser: { parameters: user, body: { username: '⟦new username⟧', email: '⟦new email⟧' } },
  deleteUser: { parameters: user },
  disableUser: { parameters: user, body: { reason: 'spam', until: '2100-01-01T00:00:00Z' } },
  enableUser: { parameters: user },
  restoreUser: { parameters: { user_id: '⟦deleted id⟧' } },
  purgeUser: { parameters: { user_id: '⟦deleted id⟧' } },
  listUserSessions: { parameters: user },
  endUserSessions: { parameters: user },
  endUserSession: { parameters: { ...user, session_id: '⟦other session⟧' } },
  createApiKey: { body: { name: 'reports', description: 'For reports.', permissions, expires_in_days: 7 } },
  getApiKey: { parameters: { api_key_id: '⟦own key⟧' } },
  revokeApiKey: { parameters: { api_key_id: '⟦own key⟧' } },
  listUserApiKeys: { parameters: { user_id: '⟦holder id⟧' } },
  revokeUserApiKeys: { parameters: { user_id: '⟦holder id⟧' } },
  revokeUserApiKey: { parameters: { user_id: '⟦holder id⟧', api_key_id: '⟦holder key⟧' } },
  createRole: { body: { name: '⟦new username⟧', description: 'Edits.', permissions } },
  listRoles: { parameters: { name: 'admin', limit: 2 } },
  getRole: { parameters: role },
  updateRole: { parameters: role, body: { version: 1, name: '⟦new username⟧', description: 'Edits.', permissions } },
  deleteRole: { parameters: { ...role, version: 1 } },
  previewRole: { parameters: role, body: { permissions } },
  listUserRoles: { parameters: user },
  replaceUserRoles: { parameters: user, body: { roles: ['⟦role⟧'], expected: [] } },
  explainPermission: { parameters: { ...user, permission: 'users:delete' } },
  listPermissions: { parameters: { cursor: 'posts:publish', limit: 2 } },
  registerPermission: { body: { name: '⟦new permission⟧', description: 'Publish.' } },
  removePermission: { parameters: { permission: '⟦permission⟧', force: 'true' } },
  listAuditEvents: { parameters: { event: 'role.created', outcome: 'success', order: 'asc', limit: 2 } },
  exportAudit: { parameters: { after: 0 } },
  listAuditCheckpoints: { parameters: { after: 0, limit: 2 } },
  getStatusList: { parameters: { list: '0' } },
};

/** The request with which an operation is begun; undefined where it takes nothing, or where there is none yet. */
export function exampleFor(operationId: string): Drawn | undefined {
  const example = Object.hasOwn(examples, operationId) ? examples[operationId] : undefined;
  return example === undefined ? undefined : { parameters: {}, body: undefined, spoils: [], ...example };
}

/** Every operation that has one. */
export const exampled = (): string[] => Object.keys(examples);
