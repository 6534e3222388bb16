import type { Person } from '../people.ts';

/**
 * What the fuzzer knows of the server, by the names of fields. They stand in a generated request as words, and become values only when it
 * is sent: so a seed gives the same requests, though ids and tokens differ from run to run.
 */
const wordsOf: Readonly<Record<string, readonly unknown[]>> = {
  email: ['⟦email⟧', '⟦new email⟧', 'nobody@example.com'],
  username: ['⟦username⟧', '⟦new username⟧', '⟦email⟧'],
  password: ['⟦password⟧', 'seven quiet lanterns burn', 'wrong'],
  current_password: ['⟦password⟧', 'wrong'],
  new_password: ['seven quiet lanterns burn', '⟦password⟧'],
  user_id: ['⟦other id⟧', '⟦own id⟧', '⟦deleted id⟧', '⟦holder id⟧', '⟦invited id⟧', '1', '999999'],
  role_id: ['⟦role⟧', '1', '999999'],
  api_key_id: ['⟦own key⟧', '⟦holder key⟧', 'AAAAAAAAAAAAAAA'],
  permission: ['⟦permission⟧', 'users:delete', 'posts:publish'],
  roles: ['⟦role⟧', 1, 999_999],
  expected: ['⟦role⟧', 1],
  version: [1, 2],
  expires_in_days: [1, 30],
  session_id: ['⟦own session⟧', '⟦other session⟧', 'AAAAAAAAAAAAAAAAAAAAAA'],
  refresh_token: ['⟦refresh token⟧', 'x'],
  token: [
    '⟦refresh token⟧',
    '⟦access token⟧',
    '⟦other token⟧',
    '⟦confirm token⟧',
    '⟦undo token⟧',
    '⟦invitation token⟧',
    '⟦sign-up token⟧',
    '⟦reset token⟧',
    '⟦login token⟧',
    '⟦verification token⟧',
  ],
  grant_type: ['password', 'refresh_token'],
  permissions: ['users:delete', 'roles:write', 'sessions:read', 'posts:publish'],
  token_type_hint: ['refresh_token', 'access_token'],
  list: ['0', '1'],
  setup_token: ['x'],
};

/** What is known to fit under a name; empty where nothing is. */
export const wordsFor = (name: string): readonly unknown[] =>
  Object.hasOwn(wordsOf, name) ? (wordsOf[name] ?? []) : [];

/** Who a request is about. */
export interface Cast {
  readonly own: Person;
  readonly other: Person;
  /** Another one each time. */
  readonly fresh: () => { readonly username: string; readonly email: string };
  /** What else the server has, by the words for it. */
  readonly things: Readonly<Record<string, string | number>>;
}

const word = /⟦([a-z -]+)⟧/g;

/** The words that occur in a value, at any depth. */
export const wordsIn = (value: unknown): string[] => [
  ...new Set([...(JSON.stringify(value) ?? '').matchAll(word)].map(([, name = '']) => name)),
];

/** The value with every word in it replaced by what it stands for. A word alone stays a number where it means one. */
export function spoken(value: unknown, cast: Cast): unknown {
  if (typeof value === 'string') {
    const [, alone] = /^⟦([a-z -]+)⟧$/.exec(value) ?? [];
    if (alone !== undefined) return meaningOf(alone, cast) ?? value;
    return value.replaceAll(word, (it, name: string) => String(meaningOf(name, cast) ?? it));
  }
  if (Array.isArray(value)) return value.map((one) => spoken(one, cast));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, spoken(one, cast)]));
}

function meaningOf(name: string, { own, other, fresh, things }: Cast): string | number | undefined {
  const meanings: Readonly<Record<string, () => string | number>> = {
    email: () => own.email,
    username: () => own.username,
    password: () => own.password,
    'new email': () => fresh().email,
    'new username': () => fresh().username,
    'new permission': () => `posts:${fresh().username}`,
    'own id': () => own.id,
    'other id': () => other.id,
    'own session': () => own.sessionId,
    'other session': () => other.sessionId,
    'refresh token': () => own.refreshToken,
    'access token': () => own.accessToken,
    'other token': () => other.accessToken,
  };
  if (Object.hasOwn(meanings, name)) return meanings[name]?.();
  return Object.hasOwn(things, name) ? things[name] : undefined;
}
