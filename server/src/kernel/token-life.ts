/**
 * The longest that any setting lets an access token be good for. Who may lower `ACCESS_TOKEN_EXPIRE_MINUTES` has tokens out there that
 * were minted before; so a key that signs no more verifies for this long, whatever the setting says now.
 */
export const longestTokenMinutes = 1_440;
