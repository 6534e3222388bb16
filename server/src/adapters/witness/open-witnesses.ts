import type { Witness, WitnessPlace } from '../../kernel/witness.ts';
import { boundWitness } from './bounded-witness.ts';
import { createFileWitness } from './file-witness.ts';
import { createWebWitness } from './web-witness.ts';

export const openWitnesses = (places: readonly WitnessPlace[]): Witness[] =>
  places.map((place) => boundWitness(openWitness(place)));

function openWitness(place: WitnessPlace): Witness {
  if (place.kind === 'file') return createFileWitness(place.path);
  return place.kind === 'web' ? createWebWitness(place.url) : stdoutWitness;
}

/** For whoever collects what the server prints. */
const stdoutWitness: Witness = {
  name: 'stdout',
  tell: ({ line }) =>
    new Promise((resolve, reject) => {
      process.stdout.write(`${line}\n`, (error) => (error ? reject(error) : resolve()));
    }),
};
