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

/** A page, and where the next one begins. Asked for was one entry more than a page has: that it is there shows that there is a next one. */
export function pageOf<Entry>(found: readonly Entry[], limit: number, keyOf: (entry: Entry) => string) {
  const entries = found.slice(0, limit);
  const last = entries.at(-1);
  return { entries, next_cursor: last !== undefined && found.length > limit ? keyOf(last) : null };
}
