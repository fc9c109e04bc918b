/** Query parameters as they came: what is not asked for by name keeps its very bytes. */
export class QueryParameters {
  #pairs: string[];

  /** @param query with its `?`, or empty */
  constructor(query: string) {
    this.#pairs = query === '' ? [] : query.slice(1).split('&');
  }

  add(name: string, value: string): void {
    this.#pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  }

  /** Values of the parameters of that name, as back ends read them. */
  all(name: string): string[] {
    const found = this.#pairs.filter((pair) => nameOf(pair) === name);
    return found.map((pair) => decoded(pair.slice(endOfName(pair) + 1)));
  }

  remove(name: string): void {
    this.#pairs = this.#pairs.filter((pair) => nameOf(pair) !== name);
  }

  rename(name: string, newName: string): void {
    const encoded = encodeURIComponent(newName);
    this.#pairs = this.#pairs.map((pair) => (nameOf(pair) === name ? encoded + pair.slice(endOfName(pair)) : pair));
  }

  /** With its `?`; empty without parameters. */
  toString(): string {
    return this.#pairs.length === 0 ? '' : `?${this.#pairs.join('&')}`;
  }
}

function endOfName(pair: string): number {
  const equals = pair.indexOf('=');
  return equals < 0 ? pair.length : equals;
}

/** As back ends read it; one that is not well encoded is no name that a policy can have. */
function nameOf(pair: string): string {
  return decoded(pair.slice(0, endOfName(pair)));
}

function decoded(text: string): string {
  const raw = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw;
  }
}
