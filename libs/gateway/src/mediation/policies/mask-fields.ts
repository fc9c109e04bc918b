import { RE2JS } from 're2js';
import { BodyProblem, onBodies, readJson } from '../body-policy.js';
import type { PolicyFactory } from '../policy.js';
import { isJson, mediaTypeOf } from '../media-type.js';

/**
 * Characters that each of the two expressions looks at in one body: time is linear in them, and this keeps it under a
 * fraction of a second for the largest expression that can be saved.
 */
const mostCharacters = 20_000;

/** Every body is taken: one that is no JSON might hold what is to be masked. */
export const maskFields: PolicyFactory<'maskFields'> = ({ fieldPattern, valuePattern, mask }) => {
  const fields = RE2JS.compile(fieldPattern);
  const part = valuePattern === '' ? null : RE2JS.compile(valuePattern);
  return onBodies(
    () => true,
    (message, body) => {
      if (!isJson(mediaTypeOf(message.fields)))
        throw new BodyProblem('The body is no JSON, so its fields cannot be masked.');
      message.body = Buffer.from(JSON.stringify(new Mask(fields, part, mask).walk(readJson(body))));
    },
  );
};

/** Masks one body. */
class Mask {
  readonly #known = new Map<string, boolean>();
  #namesLeft = mostCharacters;
  #valuesLeft = mostCharacters;

  constructor(
    private readonly fields: RE2JS,
    private readonly part: RE2JS | null,
    private readonly mask: string,
  ) {}

  walk(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.walk(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, this.#isHidden(name) ? this.#masked(item) : this.walk(item)]),
    );
  }

  /** @throws BodyProblem when there are more different names than are looked at */
  #isHidden(name: string): boolean {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    this.#namesLeft -= name.length;
    if (this.#namesLeft < 0) throw new BodyProblem('The body has too many different names of fields.');
    const isHidden = this.fields.matches(name);
    this.#known.set(name, isHidden);
    return isHidden;
  }

  #masked(value: unknown): unknown {
    const { part, mask } = this;
    if (value === null) return null;
    if (part === null) return mask;
    if (Array.isArray(value)) return value.map((item) => this.#masked(item));
    if (typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.#masked(item)]));
    const text = String(value as string | number | boolean);
    this.#valuesLeft -= text.length;
    if (this.#valuesLeft < 0) return mask; // what is too long to be looked at is hidden whole
    return part.matcher(text).find() ? part.matcher(text).replaceAll(() => mask) : value;
  }
}
