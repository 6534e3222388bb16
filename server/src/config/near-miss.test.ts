import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearMiss } from './near-miss.ts';

test('the nearest of several names is meant', () => {
  assert.equal(nearMiss('DATABASE_URI', ['DATA_DIR', 'DATABASE_ARN', 'DATABASE_URL']), 'DATABASE_URL');
});

test('two slips are forgiven, three are another name; swapping neighbours is one slip', () => {
  const known = ['SECRET_KEY'];
  assert.equal(nearMiss('SECRTE_KEYS', known), 'SECRET_KEY');
  assert.equal(nearMiss('SECRET_K', known), 'SECRET_KEY');
  assert.equal(nearMiss('SECRET_', known), undefined);
});

test('a short name forgives one slip only: two make another word', () => {
  assert.equal(nearMiss('PRT', ['PORT']), 'PORT');
  assert.equal(nearMiss('POST', ['PORT']), 'PORT');
  assert.equal(nearMiss('PAST', ['PORT']), undefined);
});

test('a name that is known is no slip for another', () => {
  assert.equal(nearMiss('HOST', ['POST', 'HOST']), undefined);
});
