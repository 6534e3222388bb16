import { quoted } from './parsers.ts';
import type { Fault, Mode, Origin } from './setting.ts';

/** A text that is set, and where. */
export interface Found {
  readonly text: string;
  readonly origin: Origin;
}

/** The mode is no value of a section, yet it is set like one: these stand first in `.env.example`. */
export const modeVariables = [
  {
    variable: 'NODE_ENV',
    reason: 'Where this runs. `production` makes cookies Secure and refuses what is unsafe there.',
  },
  {
    variable: 'PYTHON_ENV',
    reason: 'Another name of NODE_ENV, for an .env that served a Python server. Set one of the two.',
  },
] as const;

export interface ModeResult {
  readonly mode: Mode;
  readonly faults: readonly Fault[];
  readonly warnings: readonly string[];
}

/** What is plainly not meant to be `production`; any other word draws a warning, as `prod` or `live` may well be meant so. */
const otherModes = ['development', 'dev', 'test', 'testing', 'local'];

/**
 * The mode is production when either variable says so. When one says `production` and the other is set to something else, even in
 * another place, it is a fault and not guessed: one guess drops the Secure cookies of a live server, the other locks a developer out.
 */
export function resolveMode(find: (variable: string) => Found | undefined): ModeResult {
  const said = modeVariables.flatMap(({ variable }) => {
    const found = find(variable);
    return found === undefined ? [] : [{ variable, word: found.text.trim().toLowerCase(), ...found }];
  });
  const production = said.find(({ word }) => word === 'production');
  const others = said.filter(({ word }) => word !== 'production');
  return {
    mode: production === undefined ? 'development' : 'production',
    faults: production === undefined ? [] : others.map((other) => contradiction(other, production.variable)),
    warnings: others.filter(({ word }) => !otherModes.includes(word)).map(unknownMode),
  };
}

function contradiction({ variable, text, origin }: Found & { variable: string }, opposite: string): Fault {
  const problem = `says ${quoted(text)} but ${opposite} says production: set both alike, or one of them alone`;
  return { variable, problem, example: 'production', origin };
}

function unknownMode({ variable, text }: Found & { variable: string }): string {
  return `${variable}=${quoted(text)} is not "production", so this runs as in development`;
}
