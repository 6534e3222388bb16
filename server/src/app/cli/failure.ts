import { UnsupportedDatabase } from '../../db/connect.ts';
import { WrongSecretKey } from '../../features/keys/index.ts';
import { DomainError } from '../../kernel/errors.ts';
import { ConfigRefused, type Output, UsageError } from './command.ts';

/** What went wrong, in words for a terminal. What nobody foresaw comes with its stack, since whoever runs the CLI is the operator. */
export function describeFailure(error: unknown): Output {
  if (error instanceof DomainError) {
    const { refusal, message, errors = [] } = error;
    const fields = errors.map(({ pointer, detail }) => `  ${pointer.slice(1)}: ${detail}`);
    return {
      text: [`error: ${message} (${refusal.code})`, ...fields].join('\n'),
      json: { error: refusal.code, detail: message, errors },
    };
  }
  const foreseen = [UsageError, ConfigRefused, UnsupportedDatabase, WrongSecretKey].some((it) => error instanceof it);
  const { name, message, stack } = error as Error;
  const hint = error instanceof WrongSecretKey ? wrongSecretKeyHint : '';
  return {
    text: `error: ${foreseen ? message : (stack ?? message)}${hint}`,
    json: { error: name, detail: message },
  };
}

const wrongSecretKeyHint = `.
  Set SECRET_KEY to the key this database was made with (in development it stands in DATA_DIR/secret-key).
  If that key is lost, the signing keys are lost with it: delete the rows of signing_keys, and everybody logs in again.`;
