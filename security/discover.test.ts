import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { familyNames, loadFamily } from './discover.ts';

describe('every attack', async () => {
  for (const name of familyNames()) {
    const { attacks } = await loadFamily(name);
    test(`of ${name} has a name of its own, a sentence of what the enemy wants, and a source`, () => {
      assert.ok(attacks.length > 0);
      assert.equal(new Set(attacks.map((attack) => attack.name)).size, attacks.length);
      for (const { wants, source } of attacks) {
        assert.match(wants, /^[A-Z].+[.]$/);
        assert.match(source, /RFC|CWE|OWASP|CVE|dudect/);
      }
    });
  }
});
