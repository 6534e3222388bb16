import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SettingError } from '../../config/setting.ts';
import { passwordSettings } from './config.ts';

const { settings } = passwordSettings;

test('every example and every default is a value that its own rule accepts', () => {
  for (const setting of Object.values(settings)) {
    assert.equal(setting.parse(setting.example), setting.fallback(), setting.variable);
  }
});

test('hashing cannot be set weaker than OWASP asks, nor so strong that its own hashes are refused', () => {
  const outOfBounds = [
    [settings.minLength, '7'],
    [settings.maxLength, '63'],
    [settings.memoryKib, '19455'],
    [settings.memoryKib, '262145'],
    [settings.iterations, '1'],
    [settings.iterations, '9'],
    [settings.parallelism, '0'],
  ] as const;
  for (const [setting, text] of outOfBounds) assert.throws(() => setting.parse(text), SettingError, setting.variable);
});
