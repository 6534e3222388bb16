import { createRequire } from 'node:module';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { once } from './once.ts';

type Compilers = NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>;

/** What a compiled schema of Ajv is to us. */
interface Validate {
  (data: unknown): unknown;
  readonly errors?: readonly unknown[] | null;
}
type Compiler<F> = (externalSchemas: unknown, options: unknown) => (schema: unknown) => F;

/** Fastify's own compilers, found as Fastify finds them. Loading the two takes 120 files. */
const fromFastify = createRequire(createRequire(import.meta.url).resolve('fastify'));
const validators = once((): Compiler<Validate> => fromFastify('@fastify/ajv-compiler')());
const serializers = once(
  (): Compiler<(data: unknown) => string> => fromFastify('@fastify/fast-json-stringify-compiler')(),
);

export interface LazyCompilers {
  readonly compilersFactory: Compilers;
  /** Loads the compilers as soon as the server listens: the first request to come finds them, or needs them anyway. */
  loadSoon(app: FastifyInstance): void;
}

/**
 * Compiles each schema when it is first needed, a few milliseconds each. A server with a hundred schemas accepts its first connection
 * before any is compiled, and never pays for those that nobody calls.
 */
export function createLazyCompilers(): LazyCompilers {
  const buildValidator: Compiler<(data: unknown) => unknown> = (externalSchemas, options) => {
    const compiler = once(() => validators()(externalSchemas, options));
    return (schema) => {
      const compiled = once(() => compiler()(schema));
      return (data) => {
        const validate = compiled();
        return validate(data) === true || { error: validate.errors };
      };
    };
  };
  const buildSerializer: Compiler<(data: unknown) => string> = (externalSchemas, options) => {
    const compiler = once(() => serializers()(externalSchemas, options));
    return (schema) => {
      const compiled = once(() => compiler()(schema));
      return (data) => compiled()(data);
    };
  };
  return {
    // Fastify's types ask for Ajv's own functions; its code calls these and reads `error` (lib/validation.js).
    compilersFactory: { buildValidator, buildSerializer } as unknown as Compilers,
    loadSoon: (app) => {
      app.addHook('onListen', (done) => {
        setImmediate(() => {
          serializers();
          setImmediate(validators);
        });
        done();
      });
    },
  };
}
