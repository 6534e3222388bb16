import type { FastifyReply } from 'fastify';

/** Says that an answer depends on a header of its request (RFC 9110 §12.5.5), besides those that it depends on already. */
export function addVary(reply: FastifyReply, name: string): void {
  const present = reply.getHeader('vary');
  reply.header('vary', present === undefined ? name : `${present}, ${name}`);
}
