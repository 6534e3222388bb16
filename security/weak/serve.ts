/**
 * `node security/weak/serve.ts serve <weakness> [amount]`: Keyward, composed around a login that does something wrong on purpose. The attack
 * suite must find it. Settings come from the environment, as Keyward's do.
 */
import { loadAppConfig } from '../../server/src/app/config.ts';
import { inServerWorld, listenUntil } from '../../server/src/app/serve.ts';
import { stopSignal } from '../../server/src/app/signals.ts';
import { readSources } from '../../server/src/config/sources.ts';
import { type Weaken, weaknesses } from './weaknesses.ts';

const [, name = '', amount = '0'] = process.argv.slice(2);
const config = loadAppConfig(readSources());
if (!config.ok || !Object.hasOwn(weaknesses, name)) throw new Error(`no such weakness: ${name}`);
const weaken: Weaken = weaknesses[name as keyof typeof weaknesses];

await inServerWorld(config, { firstOfNode: true, processes: 1 }, async (world) => {
  const { features, ports } = world;
  const { users, passwords } = features;
  const logIn = weaken(features.signIn.logIn, { ...ports, users, passwords }, Number(amount));
  const weakened = { ...world, features: { ...features, signIn: { ...features.signIn, logIn } } };
  await listenUntil(stopSignal(), weakened, async (address) => {
    process.stdout.write(`Keyward, weakened: ${name}\n  Address   ${address}\n`);
  });
});
