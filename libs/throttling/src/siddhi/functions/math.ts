import { numberIn } from './core.js';
import { argumentsFit, simple, type Parameter, type RuleFunction } from './signature.js';

function real(takes: readonly Parameter[], run: (...args: number[]) => number): RuleFunction {
  return simple({ takes, gives: 'double', run: (...args: number[]) => finite(run(...args)) });
}

function finite(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value;
}

/** Rounds floats to int and doubles to long; whole numbers need no rounding and are refused. */
const round: RuleFunction = {
  check(call) {
    const type = call.args[0]?.type;
    if (type !== 'float' && type !== 'double') {
      return argumentsFit(call, { takes: ['double'] }) ? wrongRound(call) : null;
    }
    const gives = type === 'float' ? 'int' : 'long';
    return simple({ takes: [type], gives, run: (value: number) => Math.round(value) + 0 }).check(call);
  },
};

function wrongRound(call: Parameters<RuleFunction['check']>[0]): null {
  const [arg] = call.args;
  call.problems.error(arg?.span ?? call.call, `math:round takes float or double, found ${arg?.type ?? 'nothing'}`);
  return null;
}

function parsed(gives: 'int' | 'long' | 'float' | 'double'): RuleFunction {
  const whole = gives === 'int' || gives === 'long';
  return simple({
    takes: ['string'],
    gives,
    run: (text: string) => {
      if (whole && !/^[+-]?\d+$/.test(text)) return undefined;
      const value = numberIn(text);
      if (Number.isNaN(value) || (gives === 'int' && value !== (value | 0))) return undefined;
      if (gives === 'long' && !Number.isSafeInteger(value)) return undefined;
      return gives === 'float' ? Math.fround(value) : value;
    },
  });
}

export const mathFunctions: Readonly<Record<string, RuleFunction>> = {
  'math:abs': real(['number'], Math.abs),
  'math:floor': real(['number'], Math.floor),
  'math:ceil': real(['double'], Math.ceil),
  'math:sqrt': real(['number'], Math.sqrt),
  'math:exp': real(['number'], Math.exp),
  'math:ln': real(['number'], Math.log),
  'math:log10': real(['number'], Math.log10),
  'math:log2': real(['number'], Math.log2),
  'math:power': real(['number', 'number'], Math.pow),
  'math:max': real(['number', 'number'], Math.max),
  'math:min': real(['number', 'number'], Math.min),
  'math:round': round,
  'math:parseInt': parsed('int'),
  'math:parseLong': parsed('long'),
  'math:parseFloat': parsed('float'),
  'math:parseDouble': parsed('double'),
};
