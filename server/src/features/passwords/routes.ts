import { type Route, route } from '../../http/route.ts';
import { describePolicy, type PasswordLimits } from './policy.ts';
import { PasswordPolicyReply } from './schemas.ts';

/** Changes only with the configuration. */
const cacheSeconds = 300;

export const passwordRoutes = (policy: { limits: PasswordLimits; checksBreaches: boolean }): readonly Route[] => [
  route({
    method: 'GET',
    url: '/password-policy',
    operationId: 'getPasswordPolicy',
    summary: 'What a new password must be',
    description:
      'For forms that say beforehand what the server will say. There are no rules of composition: any signs of any script will do.',
    tags: ['Account'],
    access: { kind: 'public', why: 'who signs up must know it' },
    anyOrigin: true,
    cache: `public, max-age=${cacheSeconds}`,
    limit: { kind: 'none', why: 'constant' },
    replies: { 200: { schema: PasswordPolicyReply, description: 'The rules, as numbers.' } },
    refusals: [],
    handler: () => {
      const { minLength, maxLength, commonest, ownNames } = describePolicy(policy.limits);
      return {
        min_length: minLength,
        max_length: maxLength,
        length_counts: 'code-points' as const,
        normalisation: 'NFKC' as const,
        composition_rules: false as const,
        refuses: {
          commonest,
          one_character_repeated: true as const,
          own_names: {
            min_name_length: ownNames.leastNameLength,
            min_other_characters: ownNames.leastOtherCharacters,
          },
          breached: policy.checksBreaches,
        },
      };
    },
  }),
];
