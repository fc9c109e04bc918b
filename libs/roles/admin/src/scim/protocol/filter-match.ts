import type { Comparison, Filter, FilterPath, FilterValue } from './filter-ast.js';
import { isObject, named, valueAt, type Attribute, type Resource } from './schema.js';

/** Whether a resource is among those that a filter asks for (RFC 7644 section 3.4.2.2). */
export function matchesFilter(filter: Filter, resource: Resource): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.parts.every((part) => matchesFilter(part, resource));
    case 'or':
      return filter.parts.some((part) => matchesFilter(part, resource));
    case 'not':
      return !matchesFilter(filter.part, resource);
    case 'some':
      return elementsOf(valueAt(resource, filter.path)).some(
        (element) => isObject(element) && matchesFilter(filter.part, element),
      );
    case 'present':
      return valuesAt(filter.path, resource).values.some(isPresent);
    case 'compare':
      return compares(filter, resource);
  }
}

function compares(filter: Extract<Filter, { kind: 'compare' }>, resource: Resource): boolean {
  const { values, attribute } = valuesAt(filter.path, resource);
  const present = values.filter(isPresent);
  const { operator, value } = filter;
  if (value === null) return operator === 'eq' ? present.length === 0 : present.length > 0;
  // Of several values "ne" means that none of them is it, so that it is the opposite of "eq".
  if (operator === 'ne') return !present.some((found) => holds('eq', found, value, attribute));
  return present.some((found) => holds(operator, found, value, attribute));
}

function holds(operator: Comparison, found: unknown, value: FilterValue, attribute: Attribute): boolean {
  if (typeof found === 'boolean' || typeof value === 'boolean') return found === value;
  const [left, right] = [comparable(String(found), attribute), comparable(String(value), attribute)];
  switch (operator) {
    case 'co':
      return left.includes(right);
    case 'sw':
      return left.startsWith(right);
    case 'ew':
      return left.endsWith(right);
    default:
      return ordered(
        operator,
        attribute.type === 'dateTime' ? Date.parse(left) - Date.parse(right) : order(left, right),
      );
  }
}

function ordered(operator: Comparison, difference: number): boolean {
  if (operator === 'gt') return difference > 0;
  if (operator === 'ge') return difference >= 0;
  if (operator === 'lt') return difference < 0;
  if (operator === 'le') return difference <= 0;
  return operator === 'ne' ? difference !== 0 : difference === 0;
}

/** Negative, 0 or positive, by code points. */
export function order(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1;
}

/** Text in the form in which it is compared. */
export function comparable(text: string, attribute: Attribute): string {
  return attribute.caseExact || attribute.type === 'dateTime' ? text : text.toLowerCase();
}

function valuesAt(path: FilterPath, resource: Resource): { values: unknown[]; attribute: Attribute } {
  if ('inner' in path) return { values: elementsOf(resource[path.inner.name]), attribute: path.inner };
  const elements = elementsOf(valueAt(resource, path));
  const { attribute, sub } = path;
  const part = sub ?? (attribute.multiValued ? named(attribute.subAttributes ?? [], 'value') : undefined);
  if (!part) return { values: elements, attribute };
  return { values: elements.map((element) => (isObject(element) ? element[part.name] : undefined)), attribute: part };
}

export function elementsOf(value: unknown): unknown[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? (value as unknown[]) : [value];
}

function isPresent(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  return !isObject(value) || Object.keys(value).length > 0;
}
