import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { describe, test } from 'node:test';
import { keyText, openNote, readKeyText, signNote, verifierKey } from './signed-note.ts';

/** The example of Go's golang.org/x/mod/sumdb/note. */
const peterText = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const peterNote =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

const seed = Buffer.alloc(32, 7);
const privateKey = createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]),
  format: 'der',
  type: 'pkcs8',
});
const key = verifierKey('auth.test/audit/1', createPublicKey(privateKey));

describe('a note', () => {
  test('that Go has signed is verified, by the key as Go writes it', () => {
    const peter = readKeyText(peterText);
    assert.ok(peter !== undefined);
    assert.equal(keyText(peter), peterText);
    assert.equal(openNote(peterNote, [key, peter])?.key, peter);
    assert.equal(openNote(peterNote.replace('answer', 'Answer'), [peter]), undefined);
  });

  test('is opened by the key that has signed it alone, and says what it said', () => {
    const note = signNote('one\ntwo\n', key, privateKey);
    assert.deepEqual(openNote(note, [key])?.text, 'one\ntwo\n');
    assert.equal(openNote(note, []), undefined);
    assert.equal(openNote(note, [{ ...key, name: 'auth.test/audit/2' }]), undefined);
    assert.equal(openNote(note, [{ ...key, id: '00000000' }]), undefined);
  });

  test('with any one byte changed is opened by nobody', () => {
    const note = signNote('one\ntwo\n', key, privateKey);
    for (let place = 0; place < note.length; place += 1) {
      for (const sign of ['x', 'y', '\n', '=']) {
        const changed = `${note.slice(0, place)}${sign}${note.slice(place + 1)}`;
        if (changed !== note) assert.equal(openNote(changed, [key]), undefined, `${place}: ${JSON.stringify(sign)}`);
      }
      assert.equal(openNote(note.slice(0, place), [key]), undefined);
    }
    assert.equal(openNote(`${note}\n`, [key]), undefined);
  });
});

test('a key that is not written as it should be is none', () => {
  assert.deepEqual(readKeyText(keyText(key))?.id, key.id);
  for (const text of [
    '',
    'a+b+c',
    peterText.replace('c74f20a3', 'c74f20a4'),
    peterText.slice(0, -4),
    `${peterText} `,
  ]) {
    assert.equal(readKeyText(text), undefined, text);
  }
});
