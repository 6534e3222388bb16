import { createReadStream, readFileSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import {
  type Finding,
  readKeyText,
  type Verification,
  type VerifierKey,
  verifyExport,
} from '../../../features/audit/index.ts';
import { iso, isoOrNull } from '../../../kernel/clock.ts';
import { witnessPlaces } from '../../ports.ts';
import { type CommandInput, type Output, optionalText, texts, UsageError, type World } from '../command.ts';

/** `keyward audit verify`: of the database, with its own keys and witnesses; or of a file, with nothing else at all. */
export async function verifyAudit(input: CommandInput, world: World | undefined): Promise<Output> {
  const trusted = texts(input, 'public-key').map(publicKey);
  const [file] = input.arguments;
  if (world === undefined) return verifyFile(input, file ?? '', trusted);
  if (optionalText(input, 'after') !== undefined) throw new UsageError('--after is for a file');
  const witnesses = [...texts(input, 'witness'), ...ownWitnesses(world)];
  const verification = await world.features.audit.verify({ trusted, witness: linesOf(witnesses) });
  return outputOf(verification, []);
}

async function verifyFile(input: CommandInput, file: string, trusted: readonly VerifierKey[]): Promise<Output> {
  const after = optionalText(input, 'after') ?? '0';
  if (!/^\d{1,15}$/.test(after)) throw new UsageError('--after must be a whole number');
  const witness = linesOf(texts(input, 'witness'));
  const verification = await verifyExport({ lines: linesOf([file]), trusted, after: Number(after), witness });
  const warnings = [
    ...(trusted.length > 0 ? [] : ['No --public-key was given: that the export is from your server is not shown.']),
    ...(texts(input, 'witness').length > 0 ? [] : ['No --witness was given: a record that was cut off looks whole.']),
  ];
  return outputOf(verification, warnings);
}

/** The witnesses of this server that are files and have been written. */
const ownWitnesses = ({ config }: World): string[] =>
  witnessPlaces(config.values).flatMap((place) => (place.kind === 'file' && exists(place.path) ? [place.path] : []));

const exists = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;

/** A key as `keyward audit key` prints it, or the path of a file that holds it. @throws UsageError */
function publicKey(text: string): VerifierKey {
  const key = readKeyText(text) ?? readKeyText(contentOf(text));
  if (key === undefined)
    throw new UsageError('--public-key is neither a key as `keyward audit key` prints it, nor a file with one');
  return key;
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

/** The lines of files, one behind the other; never a whole file in memory. */
async function* linesOf(paths: readonly string[]): AsyncGenerator<string> {
  for (const path of paths) {
    yield* createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
  }
}

function outputOf(verification: Verification, warnings: readonly string[]): Output {
  const { ok, origin, size, root, sealedAt, rows, checkpoints, pending, erased, witnessed, unreadable } = verification;
  const [first] = verification.findings;
  const text = [
    ok ? 'The audit record is whole.' : `THE AUDIT RECORD WAS ALTERED. First: ${described(first)}`,
    ...verification.findings.slice(1).map((finding) => `  also: ${described(finding)}`),
    ...(verification.wrong > verification.findings.length
      ? [`  … and ${verification.wrong - verification.findings.length} more`]
      : []),
    '',
    `record       ${origin ?? '-'}`,
    `sealed       ${size} rows${sealedAt === undefined ? '' : `, the last at ${iso(sealedAt)}`}`,
    `root         ${root ?? '-'}`,
    `checked      ${rows} rows, ${checkpoints} checkpoints`,
    `not sealed   ${pending} rows`,
    `erased       ${erased} pieces of personal data`,
    `witnessed    ${witnessed} checkpoints${unreadable > 0 ? `; ${unreadable} lines cannot be read` : ''}`,
    ...(verification.rooted || !ok
      ? []
      : ['The roots of the tree were not compared: the record is not there from its first row.']),
    ...warnings,
  ];
  const json = {
    ok,
    first_bad: first === undefined ? null : jsonOf(first),
    findings: verification.findings.map(jsonOf),
    wrong: verification.wrong,
    origin: origin ?? null,
    size,
    root: root ?? null,
    sealed_at: isoOrNull(sealedAt),
    rows,
    checkpoints,
    pending,
    erased,
    witnessed,
    unreadable,
    rooted: verification.rooted,
    warnings,
  };
  return { text: text.join('\n'), json, failed: !ok };
}

function described(finding: Finding | undefined): string {
  if (finding === undefined) return 'nothing';
  const { kind, seq, id, detail } = finding;
  const row = seq === undefined ? 'a row without a number' : `row ${seq}`;
  return `${row}${id === undefined ? '' : ` (id ${id})`}: ${kind}: ${detail}`;
}

const jsonOf = ({ kind, seq, id, detail }: Finding) => ({ kind, seq: seq ?? null, id: id ?? null, detail });
