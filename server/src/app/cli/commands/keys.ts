import { publishedAheadMs } from '../../../features/keys/index.ts';
import { iso, isoOrNull } from '../../../kernel/clock.ts';
import { argument, type Command, tableText } from '../command.ts';

export const keyCommands: readonly Command[] = [
  {
    words: ['keys', 'list'],
    usage: '',
    summary: 'list the signing keys: which signs, which is next, which still verify, which are over',
    needs: 'world',
    async run(_, { features }) {
      const keys = await features.keys.list();
      const rows = keys.map(({ kid, algorithm, state, signsFrom }) => [kid, algorithm, state, iso(signsFrom)]);
      const json = keys.map(({ kid, algorithm, state, createdAt, signsFrom, retiredAt, revokedAt }) => ({
        kid,
        algorithm,
        state,
        created_at: iso(createdAt),
        signs_from: iso(signsFrom),
        retired_at: isoOrNull(retiredAt),
        revoked_at: isoOrNull(revokedAt),
      }));
      return { text: tableText(['KID', 'ALGORITHM', 'STATE', 'SIGNS FROM'], rows), json };
    },
  },
  {
    words: ['keys', 'rotate'],
    usage: '',
    summary: `publish a new signing key; it signs after ${publishedAheadMs / 60_000} minutes, and the old one still verifies`,
    needs: 'world',
    async run(_, { features }) {
      const { key, made } = await features.keys.rotate();
      const signsFrom = iso(key.signsFrom);
      const text = `${made ? 'Published the key' : 'Nothing made, since this key waits already:'} ${key.kid}. It signs from ${signsFrom} on.`;
      return { text, json: { kid: key.kid, made, signs_from: signsFrom } };
    },
  },
  {
    words: ['keys', 'revoke'],
    usage: '<kid>',
    takes: 1,
    summary: 'in an emergency: refuse every token that a key has signed, on every node within a second',
    needs: 'world',
    async run(input, { features }) {
      const kid = argument(input, 0, 'kid');
      const { signer } = await features.keys.revoke(kid);
      const text = `Revoked ${kid}: its tokens are dead, sessions go on by refresh. Now ${signer.kid} signs.`;
      return { text, json: { kid, signer: signer.kid } };
    },
  },
];
