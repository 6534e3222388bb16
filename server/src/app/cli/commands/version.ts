import { version } from '../../version.ts';
import type { Command } from '../command.ts';

export const versionCommand: Command = {
  words: ['version'],
  usage: '',
  summary: 'print the version',
  needs: 'nothing',
  run: async () => ({ text: version, json: { version, node: process.versions.node } }),
};
