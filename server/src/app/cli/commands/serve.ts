import { serve } from '../../serve.ts';
import type { Command } from '../command.ts';

export const serveCommand: Command = {
  words: ['serve'],
  usage: '',
  summary: 'start the server',
  needs: 'config',
  async run(_, config) {
    await serve(config);
    return { text: '', json: { status: 'stopped' } };
  },
};
