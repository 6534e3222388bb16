import type { Server } from 'node:http';
import { Socket } from 'node:net';

/**
 * So many wait for each other at most: the first for a fraction of a millisecond. Twice as many saved little more, and clients who are
 * answered all at once also come back all at once.
 */
const mostTogether = 16;

/**
 * Has the answers of one turn of the event loop written one after another, at its end. Whoever reads them (a proxy, as a rule) falls
 * asleep between two of them when they come apart, and waking a reader costs a server as much as the rest of its work on the socket.
 *
 * Node corks a connection for the length of an answer, and uncorks it behind: here that last step waits for the others (decision 0024).
 *
 * @returns ends it: what waits is written, and from then on each answer by itself. For whoever is about to close connections.
 */
export function writeTogether(server: Server): () => void {
  const waiting: Socket[] = [];
  let ended = false;
  const flush = () => {
    for (const socket of waiting.splice(0)) uncork.call(socket);
  };
  function uncorkWithOthers(this: Socket): void {
    const count = waiting.push(this);
    if (ended || count === mostTogether) flush();
    else if (count === 1) setImmediate(flush);
  }
  server.on('connection', (socket: Socket) => {
    socket.uncork = uncorkWithOthers;
  });
  // Behind an answer may come what is no request at all. Whoever judges that may close the connection on the spot.
  server.prependListener('clientError', flush);
  return () => {
    ended = true;
    flush();
  };
}

const { uncork } = Socket.prototype;
