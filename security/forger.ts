import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type Pieces, takeApart } from '../server/test/support/forge.ts';
import { type Answer, codeIn } from './ask.ts';
import { control, judged, type Verdict } from './attack.ts';
import type { Person } from './people.ts';
import type { Scene } from './scene.ts';

/** What one needs to make access tokens, rightly and wrongly. */
export interface Forger {
  readonly person: Person;
  readonly genuine: Pieces;
  /** The key of the server, which no enemy has: where a header or a claim alone must be the reason of the refusal. */
  readonly ours: KeyObject;
  readonly publicKey: KeyObject;
  readonly theirs: { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
  /** Presents each token; the genuine one before and after. */
  present(tokens: Iterable<readonly [what: string, token: string]>): AsyncGenerator<Verdict>;
}

export async function createForger(scene: Scene): Promise<Forger> {
  const person = await scene.person();
  const { privateKey: ours, publicKey } = (await scene.insider.features.keys.ring()).current;
  const show = (token: string) => scene.ask('GET', '/user', { headers: [['Authorization', `Bearer ${token}`]] });
  const genuinePasses = async () => {
    const answer = await show(person.accessToken);
    return control('the genuine token is good', answer.body.id === person.id ? undefined : answer.text);
  };
  return {
    person,
    genuine: takeApart(person.accessToken),
    ours,
    publicKey,
    theirs: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    async *present(tokens) {
      yield await genuinePasses();
      for (const [what, token] of tokens)
        yield judged(what, token === person.accessToken ? 'it is the genuine one' : unlessInvalid(await show(token)));
      yield await genuinePasses();
    },
  };
}

function unlessInvalid(answer: Answer): string | undefined {
  const refused = answer.status === 401 && codeIn(answer) === 'invalid-token';
  return refused ? undefined : `answered ${answer.status} ${answer.text.slice(0, 200)}`;
}
