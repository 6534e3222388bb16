import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/**
 * Answers that wait for each other at most. Those that came of waiting (for a commit, a server) are fewer: clients who are answered all at
 * once also come back all at once, and share fewer commits (decision 0024).
 */
const mostTogether = { atOnce: 32, later: 8 };

/**
 * Has the answers of one turn of the event loop written one after another, at its end. Whoever reads them (a proxy, as a rule) falls
 * asleep between two of them when they come apart, and waking a reader costs a server as much as the rest of its work on the socket.
 *
 * Node corks a connection for the length of an answer, and uncorks it behind: here that last step waits for the others.
 *
 * @returns ends it: what waits is written, and from then on each answer by itself. For whoever is about to close connections.
 */
export function writeTogether(server: Server): () => void {
  const waiting = new Set<Socket>();
  /** Those on which a request came in this turn. */
  const asked = new Set<Socket>();
  let ended = false;

  const flush = () => {
    const all = [...waiting];
    waiting.clear();
    for (const socket of all) release(socket);
  };

  function uncorkWithOthers(this: Socket): void {
    waiting.add(this);
    const most = asked.has(this) ? mostTogether.atOnce : mostTogether.later;
    if (ended || waiting.size >= most) flush();
    else if (waiting.size === 1) setImmediate(flush);
  }

  server.on('connection', (socket: Socket) => {
    socket.uncork = uncorkWithOthers;
  });
  server.prependListener('request', ({ socket }: IncomingMessage, { socket: assigned }: ServerResponse) => {
    if (assigned === null) writeAlone(socket);
    if (asked.size === 0) setImmediate(() => asked.clear());
    asked.add(socket);
  });
  // Behind an answer may come what is no request to us. Whoever judges that may close the connection on the spot.
  for (const event of ['clientError', 'connect']) server.prependListener(event, flush);
  return () => {
    ended = true;
    flush();
  };
}

const { uncork } = Socket.prototype;

/**
 * For one whose requests do not wait for the answers to those before them: Node takes up an answer when the one before it is written, and
 * drops those that it has not taken up when the client has nothing more to say.
 */
function writeAlone(socket: Socket): void {
  socket.uncork = uncork;
  release(socket);
}

/** Node uncorks once for each part of an answer that it wrote. */
function release(socket: Socket): void {
  while (socket.writableCorked > 0) uncork.call(socket);
}
