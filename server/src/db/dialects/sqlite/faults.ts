/** What SQLite's result codes mean to us; extended codes carry the primary one in their low byte (sqlite.org/rescode.html). */
const busy = 5;
const readOnly = 8;
const ioError = 10;
const full = 13;
const cannotOpen = 14;
const diskFaults = new Set([readOnly, ioError, full, cannotOpen]);
const syncFailed = new Set([1034, 1290]); // SQLITE_IOERR_FSYNC, SQLITE_IOERR_DIR_FSYNC

const codeOf = (error: unknown): number => (error as { errcode?: number }).errcode ?? 0;
const primaryCodeOf = (error: unknown): number => codeOf(error) % 256;

/** Somebody else holds the write lock. */
export const isBusy = (error: unknown): boolean => primaryCodeOf(error) === busy;

/** The disk is full, broken or not ours to write. SQLite may have rolled the whole transaction back (sqlite.org/lang_transaction.html §3). */
export const isDiskFault = (error: unknown): boolean => diskFaults.has(primaryCodeOf(error));

/** No room. Nothing is lost, and it goes by once there is some. */
export const isDiskFull = (error: unknown): boolean => primaryCodeOf(error) === full;

/** A sync that SQLite made has failed, which is final: see group-commit.ts. */
export const isFailedSync = (error: unknown): boolean => syncFailed.has(codeOf(error));
