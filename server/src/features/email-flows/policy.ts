import { validationFailed } from '../../kernel/invalid.ts';

/** What may come with a link besides its token. */
export interface PasswordsGiven {
  readonly password?: string | undefined;
  readonly newPassword?: string | undefined;
}

/** One says that all stays as it is, the other that nothing does. @throws validationFailed */
export function assertNotBoth({ password, newPassword }: PasswordsGiven): void {
  if (password === undefined || newPassword === undefined) return;
  throw validationFailed({ errors: [{ pointer: '/new_password', detail: 'Give `password` or this, not both.' }] });
}
