import { firebaseScrypt } from './firebase-scrypt.ts';
import { describeScheme } from './scheme.contract.ts';

const signerKey = 'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==';
const digest = 'QrIS7OMY29E0uWIPadFEF1XzFNN3yxpMxaGW4N7da/KxsNJh4XRgc8p/Nt6N64ehvCgoN5Y3Z1fhc/AVHguMaQ==';
const tail = `$42xEC+ixf3L2lw==$${digest}`;
const keys = `ss=Bw==,sk=${signerKey}`;

describeScheme("Firebase's scrypt", firebaseScrypt, {
  vectors: {
    "Firebase (the example of its scrypt's README)": {
      hash: `$fbscrypt$v=1,n=14,r=8,p=1,${keys}$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==`,
      password: 'user1password',
    },
    'firebase-scrypt 0.1.0 (Python)': `$fbscrypt$v=1,n=10,r=8,p=1,${keys}${tail}`,
    'firebase-scrypt 0.1.0 (Python, no separator)': `$fbscrypt$v=1,n=9,r=4,p=1,sk=${signerKey}$AAECAwQFBgcICQ==$KXdgtOi6QaGCmotOfMdFJeoS6Trg226YR4T7aq/PqY+PBZyzVfoEstdHJtb+0sv3sJMKY1EEt8TwtGSbtFzJzQ==`,
    'the same without padding': `$fbscrypt$v=1,n=10,r=8,p=1,${keys}${tail}`.replaceAll('==', ''),
  },
  strong: [`$fbscrypt$v=1,n=17,r=8,p=1,${keys}${tail}`],
  weak: [`$fbscrypt$v=1,n=14,r=8,p=1,${keys}${tail}`],
  tooCostly: [`$fbscrypt$v=1,n=31,r=8,p=1,${keys}${tail}`, `$fbscrypt$v=1,n=14,r=8,p=99999,${keys}${tail}`],
  malformed: [
    `$fbscrypt$v=2,n=10,r=8,p=1,${keys}${tail}`,
    `$fbscrypt$v=1,n=10,r=8,p=1,ss=Bw==${tail}`,
    `$fbscrypt$v=1,n=0,r=8,p=1,${keys}${tail}`,
    `$fbscrypt$v=1,n=10,r=8,p=1,${keys}$42xEC+ixf3L2lw==$AAAAAAAAAAAAAAAAAAAAAA==`,
    `$fbscrypt$v=1,n=10,r=8,p=1,${keys}$42xEC-ixf3L2lw==$${digest}`,
    `$fbscrypt$v=1,n=10,r=8,p=1,${keys}${tail}\n`,
  ],
});
