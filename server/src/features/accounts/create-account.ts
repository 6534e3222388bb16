import type { Tx } from '../../db/database.ts';
import type { Clock, Instant } from '../../kernel/clock.ts';
import type { Place } from '../../kernel/hasher.ts';
import type { UserId } from '../../kernel/ids.ts';
import { validationFailed } from '../../kernel/invalid.ts';
import type { Actor } from '../../kernel/principal.ts';
import type { Audit } from '../audit/index.ts';
import type { OneTimeCodes } from '../one-time-codes/index.ts';
import type { Passwords } from '../passwords/index.ts';
import { adminRoleName, type RolesStore } from '../roles/index.ts';
import { checkNames, emailTaken, foldEmail, foldUsername, type UsersStore } from '../users/index.ts';

export interface NewAccount {
  readonly username: string;
  readonly email: string;
  readonly password: string;
}

/** An account that was checked and whose password was hashed, so that only rows remain to be written. */
export interface PreparedAccount {
  readonly username: string;
  readonly email: string;
  /** Undefined where there is no password yet: until there is one, nobody can log in. */
  readonly passwordHash: string | undefined;
}

type WithPassword = PreparedAccount & { readonly passwordHash: string };

/**
 * Makes accounts: every way in which a user begins to exist ends here. Two steps, because hashing must not happen inside a
 * transaction.
 */
export interface CreateAccount {
  /** @throws validationFailed with every fault of every field; overloaded */
  prepare(account: NewAccount, place?: Place): Promise<WithPassword>;
  /**
   * The same for an account that brings the hash of its password from another system.
   *
   * @throws validationFailed; overloaded
   */
  prepareWithHash(account: { username: string; email: string; passwordHash: string }): Promise<WithPassword>;
  /** The same for an account that gets its password later. @throws validationFailed */
  prepareWithoutPassword(names: { username: string; email: string }): PreparedAccount;
  /** @throws emailTaken, usernameTaken */
  insert(tx: Tx, account: PreparedAccount, options: CreationOptions): Promise<UserId>;
}

export interface CreationOptions {
  /** Gives the role `admin`. */
  readonly admin: boolean;
  /** How the account came about, for the record: `sign-up`, `cli`, `set-up`, `configuration`, `administrator`. */
  readonly how: string;
  /** Who made it for somebody else. */
  readonly by?: Actor | undefined;
  /** When it begins, and its password with it; now unless said. */
  readonly at?: Instant;
  readonly ip?: string | undefined;
  /** Whether it is known that the address is theirs. */
  readonly verified?: boolean;
  /** The language that they read, where somebody has said. */
  readonly locale?: string | undefined;
}

export function createCreateAccount(deps: {
  clock: Clock;
  audit: Audit;
  passwords: Passwords;
  users: UsersStore;
  roles: RolesStore;
  oneTimeCodes: OneTimeCodes;
}): CreateAccount {
  const { clock, audit, passwords, users, roles, oneTimeCodes } = deps;

  const makeAdmin = async (tx: Tx, user: UserId, ip: string | undefined): Promise<void> => {
    const role = await roles.findRoleId(tx, adminRoleName);
    if (role === undefined) throw new Error('the built-in role admin is missing');
    await roles.assign(tx, user, role, clock.now());
    await audit.record(tx, { event: 'role.assigned', subject: user, ip, object: adminRoleName });
  };

  return {
    async prepare({ username, email, password }, place) {
      const errors = [...checkNames({ username, email }), ...passwords.prepare.check(password, { username, email })];
      if (errors.length === 0) errors.push(...(await passwords.prepare.checkBreaches(password)));
      if (errors.length > 0) throw validationFailed({ errors });
      return { username, email, passwordHash: await passwords.prepare.hash(password, place) };
    },

    async prepareWithHash(account) {
      const errors = [...checkNames(account), ...passwords.prepare.checkHash(account.passwordHash)];
      if (errors.length > 0) throw validationFailed({ errors });
      return { ...account, passwordHash: await passwords.prepare.keepHash(account.passwordHash) };
    },

    prepareWithoutPassword({ username, email }) {
      const errors = checkNames({ username, email });
      if (errors.length > 0) throw validationFailed({ errors });
      return { username, email, passwordHash: undefined };
    },

    async insert(tx, { username, email, passwordHash }, options) {
      const { admin, how, by, at = clock.now(), ip, locale } = options;
      const emailVerifiedAt = options.verified === true ? at : undefined;
      const keys = { usernameKey: foldUsername(username), emailKey: foldEmail(email) };
      const waitsSince = passwordHash === undefined ? at : undefined;
      const id = await users.add(tx, { username, email, ...keys, createdAt: at, emailVerifiedAt, locale, waitsSince });
      if (await oneTimeCodes.isKeptForAnother(tx, keys.emailKey, id)) throw emailTaken();
      if (passwordHash !== undefined) await passwords.store.add(tx, id, passwordHash, at);
      await audit.record(tx, { event: 'user.created', actor: by, subject: id, reason: how, ip });
      if (admin) await makeAdmin(tx, id, ip);
      return id;
    },
  };
}
