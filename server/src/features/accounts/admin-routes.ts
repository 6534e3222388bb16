import { originOf } from '../../http/request-origin.ts';
import { type Route, route } from '../../http/route.ts';
import { asUserId } from '../../kernel/ids.ts';
import { overloaded } from '../../kernel/overloaded.ts';
import { mailNotConfigured } from '../mail/index.ts';
import { userHoldsMore } from '../roles/index.ts';
import { tooManyAttempts } from '../throttle/index.ts';
import { emailTaken, UserParams, userNotFound, usernameTaken } from '../users/index.ts';
import type { CreateUser } from './create-user.ts';
import { notInvitable, ownNames } from './errors.ts';
import type { InviteUser } from './invite-user.ts';
import type { RenameUser } from './rename-user.ts';
import type { RestoreAccount } from './restore-account.ts';
import {
  CreateUserBody,
  RenameUserBody,
  UserCreatedReply,
  UserInvitedReply,
  UserRestoredReply,
  UserUpdatedReply,
} from './schemas.ts';

const writing = {
  tags: ['Users'],
  access: { kind: 'bearer', permission: 'users:write' },
  limit: { kind: 'none', why: 'only for holders of users:write' },
} as const;

/** What may post a mail. */
const inviting = { ...writing, limit: { kind: 'throttled', key: 'mail' } } as const;

/** How administrators make accounts, change their names, and bring them back. */
export const accountAdminRoutes = (accounts: {
  createUser: CreateUser;
  inviteUser: InviteUser;
  renameUser: RenameUser;
  restore: RestoreAccount;
}): readonly Route[] => [
  route({
    ...inviting,
    method: 'POST',
    url: '/users',
    operationId: 'createUser',
    summary: 'Create a user',
    description:
      'For somebody else. A password is measured by the same policy as at the sign-up; without one nobody can log in to the account until one is set. With `invite` they get a mail with a link by which they choose it themselves.',
    body: CreateUserBody,
    replies: { 201: { schema: UserCreatedReply, description: 'The account is made; it holds no role.' } },
    refusals: [mailNotConfigured, emailTaken, usernameTaken, tooManyAttempts, overloaded],
    handler: async (request) => {
      const { username, email, password, invite } = request.body;
      const { principal: by } = request;
      const id = await accounts.createUser({ username, email, password, invite, by, ip: originOf(request).ip });
      return { message: 'User created successfully.' as const, data: { id, username, email } };
    },
  }),
  route({
    ...inviting,
    method: 'POST',
    url: '/users/:user_id/invitation',
    operationId: 'inviteUser',
    summary: 'Invite a user once more',
    description:
      'Somebody who was made without a password and has not come in yet. The link of the new mail is good for seven days, those of earlier ones for nothing. Only a user who holds nothing that you do not hold.',
    params: UserParams,
    replies: { 202: { schema: UserInvitedReply, description: 'A mail is on its way.' } },
    refusals: [userNotFound, userHoldsMore, notInvitable, mailNotConfigured, tooManyAttempts],
    handler: async (request) => {
      const id = asUserId(Number(request.params.user_id));
      await accounts.inviteUser({ id, by: request.principal, ip: originOf(request).ip });
      return { message: 'Invitation sent successfully.' as const };
    },
  }),
  route({
    ...writing,
    method: 'PATCH',
    url: '/users/:user_id',
    operationId: 'updateUser',
    summary: "Change a user's names, or vouch for their address",
    description:
      'Only of a user who holds nothing that you do not hold. What is left out stays. Another address is not verified, unless you say with `email_verified` that it is theirs: whoever reads its mail is who you say. Where the server sends mail, both addresses are told.',
    params: UserParams,
    body: RenameUserBody,
    replies: { 200: { schema: UserUpdatedReply, description: 'The names are changed; sessions go on.' } },
    refusals: [userNotFound, userHoldsMore, ownNames, emailTaken, usernameTaken],
    handler: async (request) => {
      const id = asUserId(Number(request.params.user_id));
      const { username, email, email_verified: verified } = request.body;
      await accounts.renameUser({ id, username, email, verified, by: request.principal, ip: originOf(request).ip });
      return { message: 'User updated successfully.' as const };
    },
  }),
  route({
    method: 'POST',
    url: '/users/:user_id/restore',
    operationId: 'restoreUser',
    summary: 'Restore a deleted user',
    description:
      'With the same id, password and roles, while both names are still free and the user is not purged. Only a user who holds nothing that you do not hold. Sessions stay dead.',
    tags: ['Users'],
    access: { kind: 'bearer', permission: 'users:delete' },
    limit: { kind: 'none', why: 'only for holders of users:delete' },
    params: UserParams,
    replies: { 200: { schema: UserRestoredReply, description: 'The user can log in again.' } },
    refusals: [userNotFound, userHoldsMore, emailTaken, usernameTaken],
    handler: async (request) => {
      const id = asUserId(Number(request.params.user_id));
      await accounts.restore({ id, by: request.principal, ip: originOf(request).ip });
      return { message: 'User restored successfully.' as const };
    },
  }),
];
