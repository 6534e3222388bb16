/** What a contender keeps its data in. */
export type Store = 'none' | 'sqlite' | 'postgres';

/** Whose password hash: the one that the contender comes with, or argon2id with the same cost for all. */
export type Hash = 'own' | 'equal';

/** One request of HTTP. `{n}` becomes a number that never came before, `{ip}` an address, `{token}` what the last answer gave. */
export interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Person {
  readonly username: string;
  readonly email: string;
  readonly password: string;
}

/** What somebody who has signed in goes on with. */
export interface Credentials {
  readonly user: Request;
  readonly refresh: Refresh;
}

export interface Refresh {
  readonly request: Request;
  /** Where each refresh takes what the one before gave: the first token, and the field of the answer's JSON that bears the next. */
  readonly chain?: { readonly first: string; readonly field: string };
}

/** How to start a process. Nothing of our own environment is passed on but what a program needs to be found. */
export interface Launch {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Whether it is Node, so that its event loop can be watched. */
  readonly node: boolean;
}

export interface Place {
  readonly port: number;
  /** A folder of its own, which is empty at its first start. */
  readonly folder: string;
  /** `postgresql://…`, or undefined: SQLite in the folder. */
  readonly postgresUrl: string | undefined;
  readonly hash: Hash;
  /** Whether it is started for `refresh`, where that wants another setting. */
  readonly refreshing: boolean;
}

/** A server that is measured. */
export interface Contender {
  readonly name: string;
  readonly stores: readonly Store[];
  /** Its password hash, and whether `equal` is another one. */
  readonly hashes: { readonly own: string; readonly equalDiffers: boolean };
  /** Whether refreshing needs a server with another setting. */
  readonly refreshesApart: boolean;
  /** Installs what it needs. @returns its versions, or why it cannot run */
  prepare(): Promise<Prepared>;
  launch(place: Place): Launch;
  /** Answered with 200 once it is ready. */
  readonly first: Request;
  signUp(person: Person): Request;
  signIn(person: Person): Request;
  credentialsOf(answer: Answer): Credentials;
}

export type Prepared = { readonly versions: Readonly<Record<string, string>> } | { readonly missing: string };

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** `name=value` of each cookie that was set. */
  readonly cookies: readonly string[];
}

/** A JSON request from one of many addresses, as a proxy would pass it on. */
export const post = (path: string, body: object): Request => ({
  method: 'POST',
  path,
  headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': '{ip}' },
  body: JSON.stringify(body),
});
