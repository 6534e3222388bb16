/** JSON whose members nobody has looked at yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** @throws SyntaxError unless `text` is a JSON object */
export function parseObject(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  if (!isObject(value)) throw new SyntaxError('not a JSON object');
  return value;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

export const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

/** A NumericDate (RFC 7519 §2): seconds, not necessarily whole. */
export const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
