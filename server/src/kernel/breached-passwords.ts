/**
 * The port to who knows the passwords of data breaches. Leaves the machine, so never to be asked inside a transaction.
 *
 * It fails open: nobody is kept from a password because a service elsewhere is away.
 */
export interface BreachedPasswords {
  /** Whether `password` (normalised) is known from a breach. False also where no answer came in time; never throws. */
  has(password: string): Promise<boolean>;
}
