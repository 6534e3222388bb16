import { Type } from '../../http/schema.ts';
import { AnyText } from '../../http/text.ts';

/**
 * Bounds what is read at all; the policy of new passwords is stricter and says why. No more than what a password may ever have:
 * normalising takes time that grows with the square of a run of combining marks.
 */
const maxRawPasswordLength = 1_024;

/** A password in the body of a request. */
export const PasswordText = AnyText({
  max: maxRawPasswordLength,
  description: 'Length counts in characters after NFKC; nothing is cut.',
});

export const PasswordPolicyReply = Type.Object(
  {
    min_length: Type.Integer(),
    max_length: Type.Integer({ description: 'What is longer is refused; nothing is cut.' }),
    length_counts: Type.Literal('code-points', { description: 'After normalisation.' }),
    normalisation: Type.Literal('NFKC'),
    composition_rules: Type.Literal(false),
    refuses: Type.Object({
      commonest: Type.Integer({ description: 'How many of the commonest passwords are refused, whatever their case.' }),
      one_character_repeated: Type.Literal(true),
      own_names: Type.Object(
        {
          min_name_length: Type.Integer({ description: 'A shorter name forbids nothing.' }),
          min_other_characters: Type.Integer({
            description: 'Beside the name there must be so many other characters, or a letter.',
          }),
        },
        { description: "The username, the e-mail address, and what stands before its '@'." },
      ),
      breached: Type.Boolean({ description: 'Whether passwords that are known from data breaches are refused.' }),
    }),
  },
  { title: 'PasswordPolicy' },
);
