import type { Comparison, Filter, FilterPath, FilterValue } from './filter-ast.js';
import { filterError, tokens, type Token } from './filter-lexer.js';
import { findPath, named, type Attribute, type ResourceType } from './schema.js';

const comparisons: readonly string[] = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'];
const textComparisons: readonly string[] = ['co', 'sw', 'ew'];
const deepest = 50;

/**
 * The grammar of RFC 7644 section 3.4.2.2: `not` before `and` before `or`, parentheses, value paths. A bare word is taken
 * as a text, as clients of the field send it.
 * @throws ScimRequestError `invalidFilter` naming the place
 */
export function parseFilter(text: string, type: ResourceType): Filter {
  const parser = new FilterParser(tokens(text), type);
  return parser.whole();
}

/** What may stand in a patch path: `emails`, `emails.value`, `emails[type eq "work"].value`. */
export function parseValueFilter(text: string, type: ResourceType, element: Attribute): Filter {
  return new FilterParser(tokens(text), type).wholeWithin(element);
}

class FilterParser {
  private next = 0;
  private depth = 0;

  constructor(
    private readonly list: readonly Token[],
    private readonly type: ResourceType,
  ) {}

  whole(): Filter {
    return this.toTheEnd(null);
  }

  wholeWithin(element: Attribute): Filter {
    return this.toTheEnd(element);
  }

  private toTheEnd(element: Attribute | null): Filter {
    const filter = this.either(element);
    const rest = this.peek();
    if (rest.kind !== 'end') throw filterError(`"${rest.text}", which was not expected,`, rest.column);
    return filter;
  }

  private either(element: Attribute | null): Filter {
    const parts = [this.all(element)];
    while (this.takeWord('or')) parts.push(this.all(element));
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'or', parts };
  }

  private all(element: Attribute | null): Filter {
    const parts = [this.one(element)];
    while (this.takeWord('and')) parts.push(this.one(element));
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'and', parts };
  }

  private one(element: Attribute | null): Filter {
    const start = this.peek();
    if (start.kind === '(') return this.within(() => this.group(element));
    if (start.kind === 'word' && start.text.toLowerCase() === 'not' && this.peek(1).kind === '(') {
      this.take();
      return this.within(() => ({ kind: 'not', part: this.group(element) }));
    }
    return this.expression(element);
  }

  private group(element: Attribute | null): Filter {
    this.expect('(');
    const filter = this.either(element);
    this.expect(')');
    return filter;
  }

  private expression(element: Attribute | null): Filter {
    const name = this.expect('word');
    if (this.peek().kind === '[' && element === null) return this.within(() => this.valuePath(name));
    const path = element === null ? this.pathOf(name) : innerPath(name, element);
    const operator = this.expect('word');
    const lower = operator.text.toLowerCase();
    if (lower === 'pr') return { kind: 'present', path };
    if (!comparisons.includes(lower)) throw filterError(`no operator but "${operator.text}"`, operator.column);
    const attribute = comparedAttribute(path);
    if (attribute.type === 'complex')
      throw filterError(`a comparison of "${name.text}", which has parts,`, name.column);
    const value = this.value(attribute, lower);
    return { kind: 'compare', path, operator: lower as Comparison, value };
  }

  private valuePath(name: Token): Filter {
    const path = this.pathOf(name);
    if (!('attribute' in path) || path.sub !== null || path.attribute.type !== 'complex')
      throw filterError(`a value path on "${name.text}", which has no parts,`, name.column);
    this.expect('[');
    const part = this.either(path.attribute);
    this.expect(']');
    return { kind: 'some', path, part };
  }

  private pathOf(name: Token): FilterPath {
    const path = findPath(this.type, name.text);
    const secret = (path?.sub ?? path?.attribute)?.returned === 'never';
    if (!path || secret) throw filterError(`an attribute that cannot be asked for ("${name.text}")`, name.column);
    return path;
  }

  private value(attribute: Attribute, operator: string): FilterValue {
    const token = this.take();
    if (token.kind !== 'string' && token.kind !== 'word') throw filterError('no value', token.column);
    const value = literal(token, attribute);
    const isText = attribute.type === 'string' || attribute.type === 'reference';
    if (attribute.type === 'boolean' && (operator === 'eq' || operator === 'ne')) {
      if (typeof value === 'boolean' || value === null) return value;
      throw filterError(`no true or false for "${attribute.name}"`, token.column);
    }
    if (attribute.type === 'boolean') throw filterError(`"${operator}" on a truth value`, token.column);
    if (attribute.type === 'dateTime' && !textComparisons.includes(operator) && value !== null) {
      if (typeof value === 'string' && !Number.isNaN(Date.parse(value))) return value;
      throw filterError('no date and time (RFC 3339)', token.column);
    }
    if (isText && value === null && operator !== 'eq' && operator !== 'ne')
      throw filterError(`"${operator}" with null`, token.column);
    return value;
  }

  private within<T>(parse: () => T): T {
    if (++this.depth > deepest) throw filterError(`more than ${deepest} groups in each other`, this.peek().column);
    const result = parse();
    this.depth--;
    return result;
  }

  private takeWord(text: string): boolean {
    const token = this.peek();
    if (token.kind !== 'word' || token.text.toLowerCase() !== text) return false;
    this.next++;
    return true;
  }

  private expect(kind: Token['kind']): Token {
    const token = this.take();
    if (token.kind === kind) return token;
    const found = token.kind === 'end' ? 'its end' : `"${token.text}"`;
    throw filterError(`${found} where ${kind === 'word' ? 'a name' : `"${kind}"`} should be`, token.column);
  }

  private take(): Token {
    const token = this.peek();
    this.next++;
    return token;
  }

  private peek(ahead = 0): Token {
    return this.list[Math.min(this.next + ahead, this.list.length - 1)] as Token;
  }
}

function innerPath(name: Token, element: Attribute): FilterPath {
  const inner = named(element.subAttributes ?? [], name.text);
  if (!inner) throw filterError(`"${name.text}", which is no part of "${element.name}",`, name.column);
  return { inner };
}

/** Of a multi-valued attribute without a part, `value` is compared (RFC 7644 section 3.4.2.2). */
function comparedAttribute(path: FilterPath): Attribute {
  if ('inner' in path) return path.inner;
  if (path.sub) return path.sub;
  const { attribute } = path;
  return (attribute.multiValued ? named(attribute.subAttributes ?? [], 'value') : undefined) ?? attribute;
}

function literal(token: Token, attribute: Attribute): FilterValue {
  if (token.kind === 'string') return JSON.parse(token.text) as string;
  if (token.text === 'null') return null;
  if (attribute.type !== 'boolean') return token.text; // numbers and bare words are texts here
  return token.text === 'true' ? true : token.text === 'false' ? false : token.text;
}
