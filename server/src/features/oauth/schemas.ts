import { Type } from 'typebox';
import { AnyText, PlainText } from '../../http/text.ts';

/** Unrecognised parameters are ignored (RFC 6749 §3.2); what a grant type needs is checked by its use case. */
export const TokenBody = Type.Object({
  grant_type: Type.Optional(PlainText({ max: 128, description: '`password` or `refresh_token`.' })),
  username: Type.Optional(PlainText({ max: 320, description: 'E-mail address or username.' })),
  password: Type.Optional(AnyText({ max: 1_024 })),
  refresh_token: Type.Optional(PlainText({ max: 512 })),
  scope: Type.Optional(PlainText({ max: 1_024, description: 'Accepted and ignored: permissions come from roles.' })),
  client_id: Type.Optional(
    PlainText({ max: 256, description: 'Accepted and ignored: there are no registered clients.' }),
  ),
  client_secret: Type.Optional(PlainText({ max: 256 })),
});

/** RFC 6749 §5.1. */
export const TokenReply = Type.Object(
  {
    access_token: Type.String(),
    token_type: Type.Literal('bearer'),
    expires_in: Type.Integer({ description: 'Seconds.' }),
    refresh_token: Type.String(),
  },
  { title: 'TokenResponse' },
);
