import { type Attack, control, judged } from '../../attack.ts';
import { exchange, statusesIn } from '../../wire.ts';

/** Ways to write `/user`, or to come to it from elsewhere, which a proxy and a server could read differently. */
const disguises = (path: string): string[] => {
  const name = path.slice(1);
  const [first = ''] = name;
  return [
    `/${path}`,
    `//${name}`,
    `/./${name}`,
    `/x/../${name}`,
    `/x/..;/${name}`,
    `/..;/${name}`,
    `/;/${name}`,
    `${path};`,
    `${path};x=1`,
    `${path}/`,
    `${path}/.`,
    `${path}//`,
    `${path}.`,
    `${path}.json`,
    `${path}%20`,
    `${path}%00`,
    `${path}%0a`,
    `${path}%23`,
    `${path}%3f`,
    `${path}?`,
    `${path}#x`,
    `/%2e/${name}`,
    `/x/%2e%2e/${name}`,
    `/x/%252e%252e/${name}`,
    `/x%2f..%2f${name}`,
    `/x/..%2f${name}`,
    `/%2f${name}`,
    `/%5c${name}`,
    `\\${name}`,
    `/x\\..\\${name}`,
    `/%${first.charCodeAt(0).toString(16)}${name.slice(1)}`,
    `/%25${first.charCodeAt(0).toString(16)}${name.slice(1)}`,
    `/%u00${first.charCodeAt(0).toString(16)}${name.slice(1)}`,
    `/${name.toUpperCase()}`,
    `/%ef%bc%8f${name}`,
    `/%c0%af${name}`,
    `/livez/..${path}`,
    `/livez/%2e%2e${path}`,
    `/livez;${path}`,
    `/docs/..;${path}`,
    `http://127.0.0.1${path}`,
    `http://evil.example${path}`,
    `/user?/../livez`,
  ];
};

const paths = ['/user', '/sessions', '/permissions', '/users/1/sessions', '/introspect'];

export const attack: Attack = {
  name: 'paths that are written otherwise',
  wants: 'A route without the check that stands before it, by an address that the check reads in another way.',
  source: 'CWE-22, CWE-436; CVE-2018-1271 (..;/), CVE-2021-41773; RFC 3986 §6',
  async *attempts(scene) {
    for (const path of paths) {
      for (const target of disguises(path)) {
        const said = await exchange(scene.url, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, 2_000);
        const [status = 0] = statusesIn(said);
        yield judged(
          `GET ${target}`,
          status >= 400 && status < 500 ? undefined : `answered ${status} ${said.text.slice(-200)}`,
        );
      }
    }
    const control200 = await exchange(scene.url, 'GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 2_000);
    yield control('/livez is answered so', statusesIn(control200)[0] === 200 ? undefined : control200.text);
  },
};
