import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeScheme } from './scheme.contract.ts';
import { scrypt } from './scrypt.ts';

const hex512 =
  '875f8c12f72f1991193dc9d6eba4f47943707cb4dec912e04186e8427cf6b2d18acfe316cf3c317394b8c7a04d53f3d938ccd3bfd801581cf1d2939fb225f732';
const base64 = 'rr1j4UYaLV6lWKnY19Btm4YhS/30vSxdkz9HjFKV6gNw7ohtEBtoMGBBf3SRjro7vBrE96MN3/TcbNRxmyPLQw==';
const passlibTail = '3Nvbu5fS+l/rnbO2lvK+tw$aZtVxUgpCURgRI/DFyP+1Go8CQktgKSk3fQFQQx2l2g';

describeScheme('scrypt', scrypt, {
  vectors: {
    'passlib 1.7.4': `$scrypt$ln=10,r=8,p=1$${passlibTail}`,
    'passlib 1.7.4 (p=2)': '$scrypt$ln=10,r=4,p=2$P0dIScmZk1LK2TtHqFVKiQ$UmpIsZoeKpeC0d9ZGU6WiHw75xnPz14UDwdQtf74wXo',
    'Werkzeug 3.1.9': `scrypt:1024:8:1$KBebzs2SchCQToSm$${hex512}`,
    'Django 5.2.19': `scrypt$1024$abcDEF123456$8$5$${base64}`,
    'Better Auth 1.7.25':
      '7ca3b074159871d7e325bd8186297425:5d6cf786dd5ae2583f3d8e77da993ce73f4ab2128c2a27c4611135193ca15236c9989e80d221b0f6a9da8f265cf30ff623afd50040ce7226d65f46de90e6d5a1',
  },
  strong: [
    `$scrypt$ln=17,r=8,p=1$${passlibTail}`,
    `$scrypt$ln=13,r=8,p=10$${passlibTail}`,
    `scrypt$16384$abcDEF123456$8$5$${base64}`,
  ],
  weak: [
    `$scrypt$ln=13,r=8,p=9$${passlibTail}`,
    `$scrypt$ln=12,r=8,p=40$${passlibTail}`,
    `scrypt:32768:8:1$KBebzs2SchCQToSm$${hex512}`,
    `7ca3b074159871d7e325bd8186297425:${hex512}`,
  ],
  tooCostly: [
    `$scrypt$ln=31,r=8,p=1$${passlibTail}`,
    `$scrypt$ln=99,r=8,p=1$${passlibTail}`,
    `$scrypt$ln=10,r=8,p=999999999$${passlibTail}`,
    `$scrypt$ln=10,r=999999999,p=1$${passlibTail}`,
    `scrypt:1048576:8:1$KBebzs2SchCQToSm$${hex512}`,
    `scrypt$16384$abcDEF123456$8$500$${base64}`,
  ],
  malformed: [
    `$scrypt$ln=0,r=8,p=1$${passlibTail}`,
    `$scrypt$ln=100,r=8,p=1$${passlibTail}`,
    `$scrypt$ln=10,r=0,p=1$${passlibTail}`,
    `$scrypt$ln=16,r=1,p=1$${passlibTail}`,
    '$scrypt$ln=10,r=8,p=1$3Nvbu5fS+l/rnbO2lvK+tw$aZtV',
    '$scrypt$ln=10,r=8,p=1$3Nvbu5fS+l/rnbO2lvK+tw$',
    `scrypt:1000:8:1$KBebzs2SchCQToSm$${hex512}`,
    `scrypt:1:8:1$KBebzs2SchCQToSm$${hex512}`,
    `scrypt:1024:8:1$KBebzs2SchCQToSm$${hex512.slice(2)}`,
    `scrypt$1024$$8$5$${base64}`,
    `scrypt$1024$abcDEF123456$8$5$${base64.slice(0, -2)}`,
    `7ca3b074159871d7e325bd8186297425:${hex512}00`,
    `:${hex512}`,
  ],
});

test('the strongest parameters that OWASP advises are bearable', () => {
  assert.equal(scrypt.costIsBearable(`$scrypt$ln=17,r=8,p=1$${passlibTail}`), true);
  assert.equal(scrypt.costIsBearable(`scrypt:32768:8:3$KBebzs2SchCQToSm$${hex512}`), true);
});
