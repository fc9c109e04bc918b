import type { FieldProblem } from '@tollgate/base';
import {
  maxTextCharacters,
  policySpecification,
  type PolicyAttribute,
  type PolicyName,
  type PolicyValue,
} from '../../contract/index.js';

export type PolicyParameters = Readonly<Record<string, PolicyValue>>;

/** The settings of one use with its defaults, or what is wrong with them; fields are names of attributes. */
export function completeParameters(
  name: PolicyName,
  given: PolicyParameters,
): { readonly parameters: PolicyParameters } | { readonly problems: readonly FieldProblem[] } {
  const { attributes } = policySpecification(name);
  const known = new Set(attributes.map((attribute) => attribute.name));
  const problems: FieldProblem[] = Object.keys(given)
    .filter((each) => !known.has(each))
    .map((each) => ({
      field: each.slice(0, 100),
      message: `Policy ${name} has no such attribute${known.size === 0 ? '' : `; it has ${[...known].join(', ')}`}.`,
    }));
  const parameters: Record<string, PolicyValue> = {};
  for (const attribute of attributes) {
    const value = readValue(attribute, given[attribute.name]);
    if (typeof value === 'object') problems.push({ field: attribute.name, message: value.problem });
    else parameters[attribute.name] = value;
  }
  return problems.length > 0 ? { problems } : { parameters };
}

function readValue(attribute: PolicyAttribute, given: PolicyValue | undefined): PolicyValue | { problem: string } {
  const isAbsent = given === undefined || given === '';
  if (isAbsent && attribute.required) return { problem: `${attribute.displayName} is needed.` };
  const text = String(isAbsent ? (attribute.defaultValue ?? '') : given);
  if (isAbsent && text === '') return '';
  return readers[attribute.type](attribute, text);
}

type Reader = (attribute: PolicyAttribute, text: string) => PolicyValue | { problem: string };

const readers: Record<PolicyAttribute['type'], Reader> = {
  String: matching,
  Text: (attribute, text) =>
    text.length > maxTextCharacters
      ? { problem: `At most ${maxTextCharacters} characters.` }
      : matching(attribute, text),
  Integer(attribute, text) {
    const value = Number(text);
    if (!/^-?\d{1,15}$/.test(text)) return { problem: `${attribute.displayName} is a whole number.` };
    const checked = matching(attribute, text);
    return typeof checked === 'object' ? checked : value;
  },
  Boolean: (_, text) => (text === 'true' || text === 'false' ? text === 'true' : { problem: 'Say true or false.' }),
  Enum: ({ allowedValues = [] }, text) =>
    allowedValues.includes(text) ? text : { problem: `One of ${allowedValues.join(', ')}.` },
};

const compiled = new Map<string, RegExp>();

/** The expressions are ours and short: none of them backtracks. */
function matching(
  { displayName, description, validationRegex }: PolicyAttribute,
  text: string,
): string | { problem: string } {
  if (validationRegex === undefined) return text;
  let expression = compiled.get(validationRegex);
  if (!expression) compiled.set(validationRegex, (expression = new RegExp(validationRegex)));
  return expression.test(text) ? text : { problem: `${displayName} cannot be used. ${description}` };
}
