import type { Attribute, Path } from './schema.js';

export type Comparison = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le';
export type FilterValue = string | number | boolean | null;

/** A filter with its names resolved. Inside `emails[…]` the paths are sub-attributes of `emails`. */
export type Filter =
  | { readonly kind: 'and'; readonly parts: readonly Filter[] }
  | { readonly kind: 'or'; readonly parts: readonly Filter[] }
  | { readonly kind: 'not'; readonly part: Filter }
  | { readonly kind: 'present'; readonly path: FilterPath }
  | { readonly kind: 'compare'; readonly path: FilterPath; readonly operator: Comparison; readonly value: FilterValue }
  | { readonly kind: 'some'; readonly path: Path; readonly part: Filter };

/** `inner`: a sub-attribute of the element that a value path looks at. */
export type FilterPath = Path | { readonly inner: Attribute };
