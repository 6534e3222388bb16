import type { PermissionEntry, Role } from './role.ts';

export const roleReply = ({ id, name, description, permissions, builtIn, version }: Role) => ({
  id,
  name,
  description,
  permissions: [...permissions],
  built_in: builtIn,
  version,
});

export const permissionReply = ({ name, description, builtIn }: PermissionEntry) => ({
  name,
  description,
  built_in: builtIn,
});

/** What the next page begins behind, where there may be one: a page that is not full is the last. */
export function nextAfter<Entry, Key>(
  entries: readonly Entry[],
  limit: number,
  keyOf: (entry: Entry) => Key,
): Key | null {
  const last = entries.at(-1);
  return last === undefined || entries.length < limit ? null : keyOf(last);
}
