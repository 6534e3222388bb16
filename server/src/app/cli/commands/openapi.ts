import { describeApi } from '../../describe-api.ts';
import type { Command } from '../command.ts';

export const openapiCommand: Command = {
  words: ['openapi'],
  usage: '',
  summary: 'print the OpenAPI document',
  needs: 'nothing',
  async run() {
    const { document } = await describeApi();
    return { text: `${JSON.stringify(document, undefined, 2)}\n`, json: document };
  },
};
