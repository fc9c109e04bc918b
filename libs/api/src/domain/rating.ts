import type { FieldProblem } from '@tollgate/base';

export const bestRating = 5;

/** A rating is a whole number of stars, 1 to 5. */
export function ratingProblems(stars: number): FieldProblem[] {
  if (Number.isInteger(stars) && stars >= 1 && stars <= bestRating) return [];
  return [{ field: 'rating', message: `A whole number from 1 to ${bestRating}.` }];
}
