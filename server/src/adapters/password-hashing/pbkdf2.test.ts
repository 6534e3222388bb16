import { pbkdf2 } from './pbkdf2.ts';
import { describeScheme } from './scheme.contract.ts';

const hex256 = '5820d174eb3e1162247a3e7d42c92ab0a2e96afe841cf106bbec0691c42b647b';

describeScheme('PBKDF2', pbkdf2, {
  vectors: {
    'passlib 1.7.4 (SHA-1)': '$pbkdf2$1000$UKoVAmAsxXivlbL23jtHKA$D/lTUt2vfeZ7aUS8reiIH80ibrA',
    'passlib 1.7.4 (SHA-256)': '$pbkdf2-sha256$1000$MWZsDSHkXOv9HwMA4DzHOA$tsRJXaEYOOxsGxaaoAyKyJVpg91PQMJUP4jhGOZw6Sw',
    'passlib 1.7.4 (SHA-512)':
      '$pbkdf2-sha512$1000$ZOy9tzbG.B/DGIPQOifEWA$/XQNgjezYxJtKOhNC/NdNeYXI0c92jxNMAxcSaEgPGxeZ.8Wz5TVM2rq5uB9yElyR/Kw2fmhmUJuVECin/WnWw',
    'Django 5.2.19 (SHA-256)': 'pbkdf2_sha256$1000$abcDEF123456$xcrcmAJbZL3VNakG7Xvd2+kjQ1O4yM0Mt6g6JpptwZQ=',
    'Django 5.2.19 (SHA-1)': 'pbkdf2_sha1$1000$abcDEF123456$woxTWfEqWBgLSWGDbK8F4emAvRg=',
    'Werkzeug 3.1.9 (SHA-256)': `pbkdf2:sha256:1000$PsZKpcjvEyPQ7o8g$${hex256}`,
    'Werkzeug 3.1.9 (SHA-1)': 'pbkdf2:sha1:1000$5kS4e19dPkGSCBwZ$516a9d17c25d01e774e0bb094a325813e2e200ff',
    'Werkzeug 3.1.9 (SHA-512)':
      'pbkdf2:sha512:1000$0sOLYap3tMtMTl0G$eff1b87b8bafaa0f8c09300c0664c4ecb0b89eb30d3bfc6ef7a84e94fc1f6f8634baed1b33e33938746e46e2ea54bb823a283de6ff73b43e55476ef3357ab3bd',
  },
  strong: [
    `pbkdf2:sha256:600000$PsZKpcjvEyPQ7o8g$${hex256}`,
    'pbkdf2_sha1$1300000$abcDEF123456$woxTWfEqWBgLSWGDbK8F4emAvRg=',
    'pbkdf2_sha256$1000000$abcDEF123456$xcrcmAJbZL3VNakG7Xvd2+kjQ1O4yM0Mt6g6JpptwZQ=',
    '$pbkdf2-sha512$210000$ZOy9tzbG.B/DGIPQOifEWA$/XQNgjezYxJtKOhNC/NdNeYXI0c92jxNMAxcSaEgPGxeZ.8Wz5TVM2rq5uB9yElyR/Kw2fmhmUJuVECin/WnWw',
  ],
  weak: [
    `pbkdf2:sha256:599999$PsZKpcjvEyPQ7o8g$${hex256}`,
    'pbkdf2_sha1$1299999$abcDEF123456$woxTWfEqWBgLSWGDbK8F4emAvRg=',
    '$pbkdf2-sha256$29000$MWZsDSHkXOv9HwMA4DzHOA$tsRJXaEYOOxsGxaaoAyKyJVpg91PQMJUP4jhGOZw6Sw',
    '$pbkdf2-sha512$209999$ZOy9tzbG.B/DGIPQOifEWA$/XQNgjezYxJtKOhNC/NdNeYXI0c92jxNMAxcSaEgPGxeZ.8Wz5TVM2rq5uB9yElyR/Kw2fmhmUJuVECin/WnWw',
  ],
  tooCostly: [
    '$pbkdf2$1000000000$UKoVAmAsxXivlbL23jtHKA$D/lTUt2vfeZ7aUS8reiIH80ibrA',
    '$pbkdf2-sha256$4000001$MWZsDSHkXOv9HwMA4DzHOA$tsRJXaEYOOxsGxaaoAyKyJVpg91PQMJUP4jhGOZw6Sw',
    'pbkdf2_sha256$9999999999$abcDEF123456$xcrcmAJbZL3VNakG7Xvd2+kjQ1O4yM0Mt6g6JpptwZQ=',
    `pbkdf2:sha256:1000000000$PsZKpcjvEyPQ7o8g$${hex256}`,
  ],
  malformed: [
    '$pbkdf2-sha256$0$MWZsDSHkXOv9HwMA4DzHOA$tsRJXaEYOOxsGxaaoAyKyJVpg91PQMJUP4jhGOZw6Sw',
    '$pbkdf2-sha256$1000$MWZsDSHkXOv9HwMA4DzHOA$',
    '$pbkdf2-sha256$1000$MWZsDSHkXOv9HwMA4DzHOA$tsRJ',
    '$pbkdf2-md5$1000$MWZsDSHkXOv9HwMA4DzHOA$tsRJXaEYOOxsGxaaoAyKyJVpg91PQMJUP4jhGOZw6Sw',
    '$pbkdf2-sha512$1000$MWZsDSHkXOv9HwMA4DzHOA$tsRJXaEYOOxsGxaaoAyKyJVpg91PQMJUP4jhGOZw6Sw',
    'pbkdf2_sha256$1000$$xcrcmAJbZL3VNakG7Xvd2+kjQ1O4yM0Mt6g6JpptwZQ=',
    'pbkdf2_sha256$-1$abcDEF123456$xcrcmAJbZL3VNakG7Xvd2+kjQ1O4yM0Mt6g6JpptwZQ=',
    'pbkdf2_sha256$1e3$abcDEF123456$xcrcmAJbZL3VNakG7Xvd2+kjQ1O4yM0Mt6g6JpptwZQ=',
    `pbkdf2:sha256$PsZKpcjvEyPQ7o8g$${hex256}`,
    `pbkdf2:sha256:1000$PsZKpcjvEyPQ7o8g$${hex256.slice(2)}`,
    `pbkdf2:sha256:1000$PsZKpcjvEyPQ7o8g$${hex256}`.padEnd(1100, 'a'),
  ],
});
