import { compileSegment, type SegmentPattern } from './segment-pattern.js';

/** What serves one verb on one resource, or which verbs would. */
export type OperationMatch<T> = { readonly operation: T } | { readonly allowedVerbs: readonly string[] };

interface Node<T> {
  readonly literals: Map<string, Node<T>>;
  /** Segments that mix text and parameters, `{id}.json`, longest text first. */
  readonly mixed: { readonly pattern: SegmentPattern; readonly node: Node<T> }[];
  parameter: Node<T> | null;
  /** A template that ends here. */
  leaf: T | null;
  /** A template that ends in `/*` here: takes everything below, and the place itself. */
  rest: T | null;
}

/**
 * Finds the operation of an API by verb and path: one tree per verb, walked by segment, so that the number of
 * operations does not matter. The most specific template wins at each segment: text, text with parameters, parameter,
 * `/*`. A slash at the end makes no difference.
 */
export class OperationTable<T> {
  readonly #roots = new Map<string, Node<T>>();
  /** The same templates in lower case; `null` once two of them differ by case alone. */
  #folded: Map<string, Node<T>> | null = new Map();

  /** @throws Error when verb and template are there already */
  add(verb: string, template: string, operation: T): void {
    if (!insert(this.#roots, verb, template, operation)) {
      throw new Error(`The operation ${verb} ${template} is there twice.`);
    }
    if (this.#folded && !insert(this.#folded, verb, template.toLowerCase(), operation)) this.#folded = null;
  }

  get verbs(): readonly string[] {
    return [...this.#roots.keys()];
  }

  /** @param resource path below the API's base path, `` or `/…` */
  find(verb: string, resource: string): OperationMatch<T> {
    const segments = segmentsOf(resource);
    const root = this.#roots.get(verb);
    const operation = root ? walk(root, segments, 0) : null;
    if (operation === null) return { allowedVerbs: this.#verbsFor(segments) };
    return this.#meansAnother(operation, verb, resource) ? { allowedVerbs: [] } : { operation };
  }

  /**
   * Paths are case-sensitive, but many a back end is not: there, `/ADMIN` is what the template `/admin` guards although
   * `/*` took it. Such a path is no path of the API.
   */
  #meansAnother(operation: T, verb: string, resource: string): boolean {
    const folded = resource.toLowerCase();
    const root = folded === resource ? undefined : this.#folded?.get(verb);
    return root !== undefined && walk(root, segmentsOf(folded), 0) !== operation;
  }

  /** Verbs that serve this resource; empty when nothing does. */
  verbsFor(resource: string): readonly string[] {
    return this.#verbsFor(segmentsOf(resource));
  }

  #verbsFor(segments: readonly string[]): string[] {
    const verbs: string[] = [];
    for (const [verb, root] of this.#roots) if (walk(root, segments, 0) !== null) verbs.push(verb);
    return verbs;
  }
}

/** Returns whether the place was free. */
function insert<T>(roots: Map<string, Node<T>>, verb: string, template: string, operation: T): boolean {
  let node = roots.get(verb);
  if (!node) roots.set(verb, (node = newNode()));
  const segments = segmentsOf(template);
  const isOpen = segments.at(-1) === '*';
  if (isOpen) segments.pop();
  for (const segment of segments) node = childFor(node, segment);
  const place = isOpen ? 'rest' : 'leaf';
  if (node[place] !== null) return false;
  node[place] = operation;
  return true;
}

function newNode<T>(): Node<T> {
  return { literals: new Map(), mixed: [], parameter: null, leaf: null, rest: null };
}

/** `/a/b/` → [a, b]; `` and `/` → []. */
function segmentsOf(path: string): string[] {
  const end = path.endsWith('/') ? path.length - 1 : path.length;
  return end <= 1 ? [] : path.slice(1, end).split('/');
}

function childFor<T>(node: Node<T>, segment: string): Node<T> {
  if (!segment.includes('{')) {
    let child = node.literals.get(segment);
    if (!child) node.literals.set(segment, (child = newNode()));
    return child;
  }
  const pattern = compileSegment(segment);
  if (pattern.text === '') return (node.parameter ??= newNode());
  const known = node.mixed.find((each) => each.pattern.text === pattern.text);
  if (known) return known.node;
  const child = newNode<T>();
  node.mixed.push({ pattern, node: child });
  node.mixed.sort((a, b) => b.pattern.text.length - a.pattern.text.length);
  return child;
}

function walk<T>(node: Node<T>, segments: readonly string[], at: number): T | null {
  if (at === segments.length) return node.leaf ?? node.rest;
  const segment = segments[at] as string;
  const literal = node.literals.get(segment);
  const found = literal ? walk(literal, segments, at + 1) : null;
  return found ?? walkPatterns(node, segments, at) ?? node.rest;
}

function walkPatterns<T>(node: Node<T>, segments: readonly string[], at: number): T | null {
  for (const { pattern, node: child } of node.mixed) {
    const found = pattern.matches(segments[at] as string) ? walk(child, segments, at + 1) : null;
    if (found !== null) return found;
  }
  return node.parameter ? walk(node.parameter, segments, at + 1) : null;
}
