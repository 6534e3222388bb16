const minute = 60;
const hour = 3_600;
const day = 86_400;

/** How a counter slows down: so many attempts are free, then each costs a wait that doubles from the first to the longest. */
export interface Pace {
  readonly freeAttempts: number;
  /** The same while somebody sprays (`sprayingFrom`); the waits stay. */
  readonly freeWhileSpraying?: number;
  readonly firstWaitSeconds: number;
  readonly longestWaitSeconds: number;
  /** From so many attempts in a row on, the longest wait doubles again, up to another. */
  readonly siege?: { readonly after: number; readonly longestWaitSeconds: number };
  /** Attempts that are forgotten: all after so long a silence, or one after each so long a time, whatever happens meanwhile. */
  readonly forgets: { readonly allAfterSeconds: number } | { readonly oneEachSeconds: number };
  /** A blocked counter refuses as a wrong password is refused, not by 429: that would tell what must not be known. */
  readonly silent?: boolean;
}

const hourAtMost = { firstWaitSeconds: minute / 2, longestWaitSeconds: hour };
const afterADay = { allAfterSeconds: day };

/**
 * All strangers together, at one account: 20 failures at once, 27 after an hour, 50 after a day, then fewer and fewer, down to one a
 * day: the hundredth after 46 days. NIST SP 800-63B-4 §3.2.2 allows a hundred in a row; with an hour as the longest wait they would take
 * four days. Longer than sessions live (30 days), so that whoever uses the account has logged in before, and the row is broken.
 */
const account = {
  freeAttempts: 20,
  freeWhileSpraying: 10,
  ...hourAtMost,
  siege: { after: 50, longestWaitSeconds: day },
  forgets: { oneEachSeconds: day },
} as const;

/** No wait is for ever (OWASP Authentication, "Account Lockout"), and known devices wait for none of the strangers' counters. */
export const paces = {
  /** One name from one source: a person mistypes a few times, a guesser does not stop. Fewer than `name` has for all sources. */
  own: { freeAttempts: 10, freeWhileSpraying: 5, ...hourAtMost, forgets: afterADay },
  /** One name from all sources, as it was asked for, so that it tells nobody who exists. */
  name: account,
  /**
   * One account under both its names. Silent: who burns the attempts of an address and then finds a username blocked would know that
   * both are one person's. As strict as `name`, so that it never blocks while only one of the names is used.
   */
  account: { ...account, silent: true },
  /** One source over all accounts: spraying. Offices share an address that is never silent, so it starts late, and forgets a hundred a day. */
  source: { freeAttempts: 100, freeWhileSpraying: 25, ...hourAtMost, forgets: { oneEachSeconds: 15 * minute } },
  /** A known device at its account. Used up, the device is a stranger; it waits no shorter than its cookie lives. */
  device: {
    freeAttempts: 10,
    firstWaitSeconds: 400 * day,
    longestWaitSeconds: 400 * day,
    forgets: { allAfterSeconds: 400 * day },
  },
  /**
   * The current password, asked for by one session: whoever holds a stolen access token guesses from as many sources as they like.
   * By session, so that the owner's other sessions are not kept from changing the password. After the eleventh the wait is a day and
   * doubles on: 15 guesses in the 30 days of a session, so that with those of strangers it is still less than a hundred.
   */
  session: {
    freeAttempts: 10,
    firstWaitSeconds: minute / 2,
    longestWaitSeconds: day / 2,
    siege: { after: 10, longestWaitSeconds: 30 * day },
    forgets: { allAfterSeconds: 30 * day },
  },
  /** Made-up tokens and API keys from one source. Many are free: when `SECRET_KEY` is lost, all clients of an office hold such ones, and must hear so. */
  token: { freeAttempts: 300, ...hourAtMost, forgets: { oneEachSeconds: 12 } },
  /**
   * Codes tried at one address, across codes: 15 at once, then one an hour, so that a code of a million is guessed in a century. Who burns
   * them keeps nobody out: the link of the same mail is not counted here.
   */
  code: { freeAttempts: 15, ...hourAtMost, forgets: { oneEachSeconds: hour } },
  /** Codes tried from one source at all addresses. */
  'code-source': { freeAttempts: 30, ...hourAtMost, forgets: { oneEachSeconds: 10 * minute } },
  /**
   * Mails of one sort asked for to one address, by whomever: nobody's inbox is flooded. The owner loses nothing by the askings of others:
   * the mail comes to them all the same.
   */
  mail: {
    freeAttempts: 5,
    firstWaitSeconds: minute,
    longestWaitSeconds: 10 * minute,
    forgets: { oneEachSeconds: 10 * minute },
  },
  /** Mails asked for from one source, to all addresses. */
  'mail-source': { freeAttempts: 30, ...hourAtMost, forgets: { oneEachSeconds: 2 * minute } },
  /**
   * Other names that a user asks for, in a row: whether a name is taken is told, so whoever has one account could ask through all
   * addresses there are. Nothing is ever given back; fewer are free in a day than somebody needs who looks for a name.
   */
  rename: { freeAttempts: 10, ...hourAtMost, forgets: { oneEachSeconds: 144 * minute } },
  /** Exports of one's own data: each reads all of it, and leaves a row in the record that nobody can remove. */
  export: { freeAttempts: 10, ...hourAtMost, forgets: { oneEachSeconds: 144 * minute } },
  /** New passwords that are looked at for one token of a mail: each costs a core, or asks a service elsewhere. */
  'new-password': { freeAttempts: 20, ...hourAtMost, forgets: { allAfterSeconds: hour } },
  /** Accounts made from one source. */
  signup: { freeAttempts: 60, ...hourAtMost, forgets: { oneEachSeconds: 24 * minute } },
} as const satisfies Record<string, Pace>;

/** So many failures of strangers within two windows, at all accounts and from all sources, are spraying: a few thousand an hour. */
export const sprayingFrom = 300;
export const sprayingWindowMs = 300_000;
