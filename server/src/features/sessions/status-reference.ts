/** Sessions a status list has a bit for: 4 KB before compression. The draft advises lists that many tokens share, so that a fetch tells nothing about whose. */
export const statusListSize = 32_768;

/** Where the status of a session stands (draft-ietf-oauth-status-list §6.1). */
export interface StatusReference {
  readonly idx: number;
  readonly uri: string;
}

export const statusListUri = (issuer: string, list: number): string => `${issuer}/status/lists/${list}`;

/** @param statusIndex of the session, counted over all lists */
export function statusReference(issuer: string, statusIndex: number): StatusReference {
  return {
    idx: statusIndex % statusListSize,
    uri: statusListUri(issuer, Math.floor(statusIndex / statusListSize)),
  };
}
