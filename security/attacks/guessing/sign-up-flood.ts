import { type Attack, judged } from '../../attack.ts';

export const attack: Attack = {
  name: 'accounts by the dozen',
  wants: 'Many accounts from one place, and the time that their hashes cost.',
  source: 'OWASP Automated Threats OAT-019 (account creation); CWE-770',
  async *attempts(scene) {
    const asked = 90;
    let made = 0;
    for (let number = 0; number < asked; number += 1) {
      const from = `2001:db8:cafe:1::${number.toString(16)}`;
      const { status } = await scene.ask('POST', '/signup', { json: scene.account(), from });
      if (status === 201) made += 1;
      else yield judged(`account ${number}`, status === 429 ? undefined : `answered ${status}`);
    }
    yield judged('a sixty-first from one network', made <= 60 ? undefined : `${made} of ${asked} were made`);
  },
};
