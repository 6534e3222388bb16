/** The edge knows it too, since API keys that nobody has are counted before any route is reached. */
export { tooManyAttempts } from '../../kernel/too-many-attempts.ts';
