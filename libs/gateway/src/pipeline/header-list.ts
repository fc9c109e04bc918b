import { lowerName } from '../http1/field-names.js';

/**
 * Headers of one message as they came: name, value, name, value, …
 * Lookups walk the list, so no name that a client makes up (`__proto__`, `constructor`) ever becomes a property.
 */
export class HeaderList {
  constructor(readonly raw: readonly string[]) {}

  /** Number of fields. */
  get size(): number {
    return this.raw.length >>> 1;
  }

  /** Value of the first field of that name, `undefined` when there is none. `name` is in lower case. */
  get(name: string): string | undefined {
    const { raw } = this;
    for (let i = 0; i + 1 < raw.length; i += 2) {
      if (isNamed(raw[i] as string, name)) return raw[i + 1];
    }
    return undefined;
  }

  /** Values of all fields of that name. `name` is in lower case. */
  all(name: string): string[] {
    const values: string[] = [];
    const { raw } = this;
    for (let i = 0; i + 1 < raw.length; i += 2) {
      if (isNamed(raw[i] as string, name)) values.push(raw[i + 1] as string);
    }
    return values;
  }
}

function isNamed(field: string, lower: string): boolean {
  return field.length === lower.length && (field === lower || lowerName(field) === lower);
}
