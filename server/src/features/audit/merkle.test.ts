import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { sha256Of } from './canonical.ts';
import { append, emptyFrontier, joinHashes, leafHash, readFrontier, rootOf, splitHashes } from './merkle.ts';

/** The tree as RFC 9162 §2.1.1 defines it, word for word. */
function merkleTreeHash(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (only === undefined) return sha256Of();
  if (leaves.length === 1) return only;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  const [left, right] = [merkleTreeHash(leaves.slice(0, split)), merkleTreeHash(leaves.slice(split))];
  return sha256Of(Uint8Array.of(1), left, right);
}

const frontierOf = (leaves: readonly Buffer[]) => leaves.reduce(append, emptyFrontier);

describe('the tree', () => {
  test('has the roots that Certificate Transparency publishes for its test leaves', () => {
    const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    const roots = [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
      '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
      'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ];
    assert.equal(rootOf(emptyFrontier).toString('hex'), sha256Of('').toString('hex'));
    let frontier = emptyFrontier;
    for (const [place, hex] of leaves.entries()) {
      frontier = append(frontier, sha256Of(Uint8Array.of(0), Buffer.from(hex, 'hex')));
      assert.equal(rootOf(frontier).toString('hex'), roots[place]);
    }
  });

  test('of any number of leaves has the root of the definition, and its edge can be written down and read', () => {
    fc.assert(
      fc.property(fc.nat(70), (count) => {
        const leaves = Array.from({ length: count }, (_, place) => leafHash(`leaf ${place}`));
        const frontier = frontierOf(leaves);
        assert.deepEqual(rootOf(frontier), merkleTreeHash(leaves));
        assert.deepEqual(readFrontier(count, joinHashes(frontier.subtrees)), frontier);
        assert.equal(readFrontier(2 * count + 1, joinHashes(frontier.subtrees)), undefined, 'of another size');
      }),
    );
  });
});

test('hashes are read back from one spelling alone', () => {
  const text = joinHashes([leafHash('a'), leafHash('b')]);
  assert.deepEqual(splitHashes(text), [leafHash('a'), leafHash('b')]);
  assert.deepEqual(splitHashes(''), []);
  for (const other of [`${text}\n`, text.slice(0, -1), text.replace('=', ''), text.slice(4), 'x']) {
    assert.equal(splitHashes(other), undefined, other);
  }
});
