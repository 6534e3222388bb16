import type { Person } from '../people.ts';

/**
 * What the fuzzer knows of the server, by the names of fields. They stand in a generated request as words, and become values only when it
 * is sent: so a seed gives the same requests, though ids and tokens differ from run to run.
 */
const wordsOf: Readonly<Record<string, readonly string[]>> = {
  email: ['⟦email⟧', '⟦new email⟧', 'nobody@example.com'],
  username: ['⟦username⟧', '⟦new username⟧', '⟦email⟧'],
  password: ['⟦password⟧', 'seven quiet lanterns burn', 'wrong'],
  current_password: ['⟦password⟧', 'wrong'],
  new_password: ['seven quiet lanterns burn', '⟦password⟧'],
  user_id: ['⟦other id⟧', '⟦own id⟧', '1', '999999'],
  session_id: ['⟦own session⟧', '⟦other session⟧', 'AAAAAAAAAAAAAAAAAAAAAA'],
  refresh_token: ['⟦refresh token⟧', 'x'],
  token: ['⟦refresh token⟧', '⟦access token⟧', '⟦other token⟧'],
  grant_type: ['password', 'refresh_token'],
  permissions: ['users:delete', 'roles:write', 'sessions:read', 'posts:publish'],
  token_type_hint: ['refresh_token', 'access_token'],
  list: ['0', '1'],
  setup_token: ['x'],
};

/** What is known to fit under a name; empty where nothing is. */
export const wordsFor = (name: string): readonly string[] => wordsOf[name] ?? [];

/** Who a request is about. */
export interface Cast {
  readonly own: Person;
  readonly other: Person;
  /** Another one each time. */
  readonly fresh: () => { readonly username: string; readonly email: string };
}

/** The value with every word in it replaced by what it stands for. */
export function spoken(value: unknown, cast: Cast): unknown {
  if (typeof value === 'string')
    return value.replaceAll(/⟦([a-z ]+)⟧/g, (word, name: string) => meaningOf(name, cast) ?? word);
  if (Array.isArray(value)) return value.map((one) => spoken(one, cast));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, spoken(one, cast)]));
}

function meaningOf(name: string, { own, other, fresh }: Cast): string | undefined {
  const meanings: Readonly<Record<string, () => string>> = {
    email: () => own.email,
    username: () => own.username,
    password: () => own.password,
    'new email': () => fresh().email,
    'new username': () => fresh().username,
    'own id': () => String(own.id),
    'other id': () => String(other.id),
    'own session': () => own.sessionId,
    'other session': () => other.sessionId,
    'refresh token': () => own.refreshToken,
    'access token': () => own.accessToken,
    'other token': () => other.accessToken,
  };
  return Object.hasOwn(meanings, name) ? meanings[name]?.() : undefined;
}
