import { banner, bannerJson } from '../../banner.ts';
import { serve } from '../../serve.ts';
import type { Command } from '../command.ts';

export const serveCommand: Command = {
  words: ['serve'],
  usage: '',
  summary: 'start the server',
  needs: 'config',
  async run({ say }, config) {
    await serve(config, (facts) => say({ text: banner(facts), json: bannerJson(facts) }));
    return { text: '', json: undefined };
  },
};
