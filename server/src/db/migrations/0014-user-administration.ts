import { addColumn, index } from '../columns.ts';
import type { Migration } from '../migration.ts';

/**
 * Until when and why a user is disabled, when a deleted one was purged, and what the list of users is read by.
 *
 * `record_state` is 0 for a user who is active, 1 for one who was disabled (perhaps until an instant that is over by now), 2 deleted, 3
 * purged. A deleted user has no names any more, so the list knows them by those that they had. All three `listed` columns are computed by
 * the database, so that no node of an older release can leave them behind. Who was deleted by one has no former names, and stands first.
 *
 * Each index begins with the state, so that a page of any status is one range of one index, however few or many have that status.
 */
export const userAdministration: Migration = {
  id: '0014-user-administration',
  statements: (dialect) => {
    const users = () => addColumn(dialect, 'users');
    return [
      users().integer('disabled_until'),
      users().text('disabled_reason', 500),
      users().text('former_email_key', 320),
      users().text('former_username_key', 256),
      users().integer('purged_at'),
      users().computedInteger(
        'record_state',
        'case when purged_at is not null then 3 when deleted_at is not null then 2 when disabled_at is not null then 1 else 0 end',
      ),
      users().computedText('listed_email', 320, "coalesce(email_key, former_email_key, '')"),
      users().computedText('listed_username', 256, "coalesce(username_key, former_username_key, '')"),
      index(dialect, 'users', 'record_state', 'created_at', 'id'),
      index(dialect, 'users', 'record_state', 'listed_email', 'id'),
      index(dialect, 'users', 'record_state', 'listed_username', 'id'),
      // The two chores: whose retention is over, and whose disability.
      index(dialect, 'users', 'record_state', 'deleted_at'),
      index(dialect, 'users', 'disabled_until'),
    ];
  },
};
