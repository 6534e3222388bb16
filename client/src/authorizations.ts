/** A request as `node:http` shows it; Express and Fastify (`raw`) are built on it. */
export interface RawRequest {
  readonly rawHeaders: readonly string[];
}

/** All `Authorization` headers: `headers.authorization` has the first alone, and another proxy may have looked at the second. */
export const authorizationsOf = ({ rawHeaders }: RawRequest): readonly string[] =>
  rawHeaders.filter((_, place) => place % 2 === 1 && rawHeaders[place - 1]?.toLowerCase() === 'authorization');
