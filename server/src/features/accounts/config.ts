import { secretText, text } from '../../config/parsers.ts';
import { type Fault, section } from '../../config/setting.ts';
import type { Secret } from '../../kernel/secret.ts';

export const accountSettings = section(
  'The first administrator (applied once, on an empty database)',
  {
    adminEmail: {
      variable: 'ADMIN_EMAIL',
      parse: text,
      fallback: () => undefined as string | undefined,
      example: 'admin@example.com',
      fallbackText: '',
      reason: 'The e-mail address of the first administrator; goes with ADMIN_PASSWORD.',
    },
    adminPassword: {
      variable: 'ADMIN_PASSWORD',
      parse: secretText({ minLength: 8 }),
      fallback: () => undefined as Secret | undefined,
      example: 'a long pass phrase',
      fallbackText: '',
      reason: 'The password of the first administrator; better in a file, by ADMIN_PASSWORD_FILE.',
      secret: true,
    },
    adminUsername: {
      variable: 'ADMIN_USERNAME',
      parse: text,
      fallback: () => 'admin',
      example: 'admin',
      reason: 'The username of the first administrator.',
    },
  },
  ({ adminEmail, adminPassword }): Fault[] => {
    if ((adminEmail === undefined) === (adminPassword === undefined)) return [];
    const [variable, other] =
      adminEmail === undefined ? ['ADMIN_EMAIL', 'ADMIN_PASSWORD'] : ['ADMIN_PASSWORD', 'ADMIN_EMAIL'];
    return [{ variable, problem: `is missing: ${other} alone does not make an administrator` }];
  },
);
