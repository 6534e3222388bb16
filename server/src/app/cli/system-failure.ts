/** What Node and SQLite hang on an error of the system. */
interface SystemError {
  readonly code?: string;
  readonly syscall?: string;
  readonly path?: string;
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
  readonly errcode?: number;
  readonly message: string;
}

/**
 * What the system refuses, in words for the operator and with the setting to look at; `undefined` when it is no such error, and so
 * perhaps a fault of ours.
 */
export function explainSystemFailure(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = '', syscall, path, hostname }: SystemError = error;
  if (syscall === 'listen') return listenFailure(error);
  if (syscall === 'getaddrinfo') return `HOST is "${hostname}", and that name has no address (${code}).`;
  if (code === 'ERR_SQLITE_ERROR') return sqliteFailure(error);
  if (refusedLogins.has(code)) return `${error.message}.\n  Check user, password and database in DATABASE_URL.`;
  if (code in databaseReasons) return `${error.message.replace(/\.$/, '')}.\n  ${databaseReasons[code]}`;
  if (path === undefined || syscall === undefined) return undefined;
  return `${path} cannot be used: ${fileReasons[code] ?? code}.\n  Check DATA_DIR, DATABASE_URL and MAIL_TEMPLATES_DIR, and who owns that folder.`;
}

function listenFailure({ code, address, port }: SystemError): string {
  const place = address?.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  if (code === 'EADDRINUSE') {
    return `${place} is in use: another program listens there, perhaps another Keyward.\n  Stop it, or set PORT.`;
  }
  if (code === 'EADDRNOTAVAIL')
    return `${address} is no address of this machine.\n  Set HOST to one that it has, or to 0.0.0.0 for all.`;
  if (code === 'EACCES') return `this user may not listen on port ${port}.\n  Set PORT to 1024 or more.`;
  return `cannot listen on ${place} (${code}).\n  Check HOST and PORT.`;
}

const fileReasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is a file and not a folder',
  ENOENT: 'a part of the path does not exist',
  EEXIST: 'there is a file in the place of the folder',
  EISDIR: 'it is a folder',
  ENOSPC: 'the disk is full',
};

/** The primary result codes that speak of the file and not of our SQL (sqlite.org/rescode.html). */
const sqliteReasons: Readonly<Record<number, string>> = {
  8: 'it is read-only',
  10: 'the disk fails',
  11: 'it is damaged',
  13: 'the disk is full',
  14: 'it cannot be opened',
  26: 'the file is no SQLite database',
};

function sqliteFailure({ errcode = 0, message }: SystemError): string | undefined {
  const reason = sqliteReasons[errcode % 256];
  if (reason === undefined) return undefined;
  return `the database cannot be used: ${reason} (${message}).\n  Check DATABASE_URL and DATA_DIR, and whether this user may read and write there.`;
}

/** What PostgreSQL (SQLSTATE) and MySQL call a wrong user, password or database. */
const refusedLogins: ReadonlySet<string> = new Set([
  '28000',
  '28P01',
  '3D000',
  'ER_ACCESS_DENIED_ERROR',
  'ER_BAD_DB_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
]);

const missingRight =
  'Give the user of DATABASE_URL all rights on its database, TRIGGER among them, and run the command again.\n  Where MySQL writes a binary log, `keyward db copy` also needs log_bin_trust_function_creators=1 while it runs.';

/** What else a database server refuses before or beside our SQL; PostgreSQL's 42501 is insufficient_privilege. */
const databaseReasons: Readonly<Record<string, string>> = {
  ER_SECURE_TRANSPORT_REQUIRED: 'Add ?ssl=true or ?ssl_ca=/path/of/ca.pem to DATABASE_URL.',
  HANDSHAKE_SSL_ERROR: 'Check ssl_ca in DATABASE_URL, and the name of the host.',
  ER_BINLOG_CREATE_ROUTINE_NEED_SUPER: missingRight,
  ER_TABLEACCESS_DENIED_ERROR: missingRight,
  ER_SPECIFIC_ACCESS_DENIED_ERROR: missingRight,
  42501: missingRight,
};
