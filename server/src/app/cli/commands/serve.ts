import { type BannerFacts, banner, bannerJson } from '../../banner.ts';
import { serve } from '../../serve.ts';
import { type Command, optionalText, UsageError } from '../command.ts';

const mostWorkers = 64;

export const serveCommand: Command = {
  words: ['serve'],
  usage: '[--workers N]',
  summary: 'start the server, in N processes',
  options: { workers: { type: 'string' } },
  needs: 'config',
  async run(input, config) {
    const announce = (facts: BannerFacts) => input.say({ text: banner(facts), json: bannerJson(facts) });
    const workers = workersOf(optionalText(input, 'workers') ?? '1');
    if (workers === 1) await serve(config, announce);
    else await (await import('../../cluster.ts')).serveInWorkers(config, workers, announce);
    return { text: '', json: undefined };
  },
};

function workersOf(text: string): number {
  const workers = Number(text);
  if (/^[0-9]+$/.test(text) && workers >= 1 && workers <= mostWorkers) return workers;
  throw new UsageError(
    `--workers must be a whole number from 1 to ${mostWorkers}; the cores of the machine are a good one`,
  );
}
