import { ForeignSchema } from '../../db/migrate.ts';
import { databaseUnavailable } from '../../db/unavailable.ts';
import { AuditRecordBroken, NoExport } from '../../features/audit/index.ts';
import { TemplatesRefused } from '../../features/mail/index.ts';
import { DomainError } from '../../kernel/errors.ts';
import { validationFailed } from '../../kernel/invalid.ts';
import { WrongSecretKey } from '../../kernel/seal.ts';
import { ConfigRefused, type Output, UsageError } from './command.ts';
import { explainSystemFailure } from './system-failure.ts';

/** What went wrong, in words for a terminal. What nobody foresaw comes with its stack, since whoever runs the CLI is the operator. */
export function describeFailure(error: unknown): Output {
  if (error instanceof DomainError) return describeRefusal(error);
  if (!(error instanceof Error)) return failure('Error', String(error));
  if (error instanceof WrongSecretKey) return failure(error.name, `${error.message}.${wrongSecretKeyHint}`);
  if (foreseen.some((it) => error instanceof it)) return failure(error.name, error.message);
  const explained = explainSystemFailure(error);
  if (explained !== undefined) return failure((error as NodeJS.ErrnoException).code ?? error.name, explained);
  return { ...failure(error.name, error.message), text: `error: ${error.stack ?? error.message}` };
}

const foreseen = [UsageError, ConfigRefused, ForeignSchema, NoExport, AuditRecordBroken, TemplatesRefused];

const failure = (name: string, detail: string): Output => ({ text: `error: ${detail}`, json: { error: name, detail } });

function describeRefusal({ refusal, message, errors = [], cause }: DomainError): Output {
  const said = refusal === validationFailed ? 'This was not accepted.' : message;
  const fields = errors.map(({ pointer, detail }) => `  ${pointer.slice(1)}: ${detail}`);
  // Over HTTP the cause stays in the log. Here it is the operator who asks.
  const reason = refusal.kind === 'unavailable' && cause instanceof Error ? [`  ${cause.message}`] : [];
  const hint = refusal === databaseUnavailable ? ['  Check DATABASE_URL, and whether the database runs.'] : [];
  return {
    text: [`error: ${said} (${refusal.code})`, ...fields, ...reason, ...hint].join('\n'),
    json: { error: refusal.code, detail: message, errors },
  };
}

const wrongSecretKeyHint = `
  Set SECRET_KEY to the key this database was made with (in development it stands in DATA_DIR/secret-key).
  If that key is lost, what it sealed is lost with it: delete the rows of signing_keys and audit_keys, and everybody logs in again.`;
