import { originOf } from '../../http/request-origin.ts';
import { type Route, route } from '../../http/route.ts';
import { overloaded } from '../../kernel/overloaded.ts';
import { tooManyAttempts } from '../throttle/index.ts';
import { emailTaken, usernameTaken } from '../users/index.ts';
import { currentPasswordWrong, emailNeedsProof } from './errors.ts';
import type { RenameYourself } from './rename-yourself.ts';
import { RenameYourselfBody, UserUpdatedReply } from './schemas.ts';

/** What users change about accounts of their own. */
export const ownAccountRoutes = ({ renameYourself }: { renameYourself: RenameYourself }): readonly Route[] => [
  route({
    method: 'PATCH',
    url: '/user',
    operationId: 'updateCurrentUser',
    summary: 'Change your names',
    description:
      'Needs the current password, since both names are what you log in with. What is left out stays. Ten changes are free, then each waits longer. Where the server sends mail, another `email` goes by `POST /user/email` instead; where it does not, all your other sessions end with it.',
    tags: ['Account'],
    access: { kind: 'bearer' },
    limit: { kind: 'throttled', key: 'login' },
    body: RenameYourselfBody,
    replies: { 200: { schema: UserUpdatedReply, description: 'You are called so from now on.' } },
    refusals: [currentPasswordWrong, emailNeedsProof, emailTaken, usernameTaken, tooManyAttempts, overloaded],
    handler: async (request) => {
      const { current_password: currentPassword, username, email } = request.body;
      const { principal: who } = request;
      await renameYourself({ who, currentPassword, username, email, ...originOf(request) });
      return { message: 'User updated successfully.' as const };
    },
  }),
];
