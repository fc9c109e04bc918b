import { listOf } from '@tollgate/http';
import { z } from 'zod';

export const ratingBody = z.object({ rating: z.number() });
export type RatingBody = z.output<typeof ratingBody>;

/** Contract schema `Rating`; a rating of 0 without an id: none was given. */
export const ratingAnswer = z.object({
  ratingId: z.string().optional(),
  apiId: z.string(),
  ratedBy: z.string(),
  rating: z.number().int(),
});
export type RatingAnswer = z.output<typeof ratingAnswer>;

/** Contract schema `RatingList`. */
export const ratingListAnswer = listOf(ratingAnswer).extend({
  avgRating: z.string(),
  /** The caller's own; 0 when they gave none. */
  userRating: z.number().int(),
});
