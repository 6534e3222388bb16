declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** A positive integer, never used twice (contract: "`id`"). */
export type UserId = Branded<number, 'UserId'>;
export type RoleId = Branded<number, 'RoleId'>;
/** 128 random bits as 22 base64url characters; public (it stands in tokens as `sid`), not a credential. */
export type SessionId = Branded<string, 'SessionId'>;
/** 88 random bits as 15 letters and digits; public (it stands in lists and in the audit record), not a credential. */
export type ApiKeyId = Branded<string, 'ApiKeyId'>;

export const asUserId = (value: number): UserId => value as UserId;
export const asRoleId = (value: number): RoleId => value as RoleId;
export const asSessionId = (value: string): SessionId => value as SessionId;
export const asApiKeyId = (value: string): ApiKeyId => value as ApiKeyId;

/** No user has this id. It stands in where what is done for a user is done all the same. */
export const nobody = asUserId(0);
