import { printConfig, printEnvExample, reportConfig } from '../../../config/print.ts';
import { appSections } from '../../config.ts';
import type { Command } from '../command.ts';

export const configCommands: readonly Command[] = [
  {
    words: ['config', 'print'],
    usage: '',
    summary: 'print every setting, where it comes from, secrets masked',
    needs: 'config',
    run: async (_, config) => ({ text: printConfig(config), json: reportConfig(config) }),
  },
  {
    words: ['config', 'example'],
    usage: '',
    summary: 'print .env.example',
    needs: 'nothing',
    async run() {
      const text = printEnvExample(appSections);
      return { text, json: { text } };
    },
  },
];
