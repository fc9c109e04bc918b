import { z } from 'zod';

/** Most opaque tokens that a gateway asks about at once. */
export const mostRevealed = 100;

export const revealTokensSchema = z.strictObject({
  tokens: z.array(z.string().min(1).max(200)).min(1).max(mostRevealed),
});

/** One answer per token, in the same order: its JWT, or null when it does not count. */
export const revealedTokensSchema = z.object({ jwts: z.array(z.string().nullable()) });
export type RevealedTokens = z.infer<typeof revealedTokensSchema>;
