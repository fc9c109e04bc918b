import { coreFunctions } from './core.js';
import { mathFunctions } from './math.js';
import { regexFunctions } from './regex.js';
import type { RuleFunction } from './signature.js';
import { stringFunctions } from './str.js';
import { throttlerFunctions, timeFunctions } from './time.js';

const all: Readonly<Record<string, RuleFunction>> = {
  ...coreFunctions,
  ...stringFunctions,
  ...regexFunctions,
  ...mathFunctions,
  ...timeFunctions,
  ...throttlerFunctions,
};
const byLowerName = new Map(Object.entries(all).map(([name, found]) => [name.toLowerCase(), found]));

/** Names are matched without case. */
export function functionNamed(name: string): RuleFunction | undefined {
  return byLowerName.get(name.toLowerCase());
}

export function functionNames(): readonly string[] {
  return [...Object.keys(all), 'map:get', 'map:isMap'];
}
