import { z } from 'zod';
import type { SignInSessionView } from './sign-in-session.service.js';

const sessionAnswer = z.object({
  id: z.string(),
  user: z.string(),
  /** As the browser names itself. */
  userAgent: z.string(),
  /** From where the person signed in. */
  address: z.string(),
  /** RFC 8176. */
  methods: z.array(z.string()),
  signedInAt: z.string(),
  /** Within a minute. */
  lastUsedAt: z.string(),
  /** However much it is used. */
  expiresAt: z.string(),
});

/** Sign-in sessions as the operations of our own show them; times are ISO 8601. */
export const sessionListAnswer = z.object({ count: z.number().int(), list: z.array(sessionAnswer) });

export function sessionListOf(sessions: readonly SignInSessionView[]): z.output<typeof sessionListAnswer> {
  const time = (ms: number): string => new Date(ms).toISOString();
  const list = sessions.map((session) => ({
    id: session.uuid,
    user: session.userName,
    userAgent: session.userAgent,
    address: session.address,
    methods: [...session.amr],
    signedInAt: time(session.authenticatedAt),
    lastUsedAt: time(session.lastSeenAt),
    expiresAt: time(session.expiresAt),
  }));
  return { count: list.length, list };
}
