import { createHash } from 'node:crypto';
import type { BalancingRecord } from '@tollgate/api/contract';
import { cookieValue } from '../../pipeline/cookie.js';
import type { Exchange } from '../../pipeline/exchange.js';
import type { Target } from './target.js';

export type StickyRecord = NonNullable<BalancingRecord['stickiness']>;

const cookieName = 'TOLLGATE_ROUTE';
const mostSessions = 100_000;

/** Keeps callers at their endpoint. A caller whose endpoint is out goes to another one and stays there. */
export interface Stickiness {
  /** The endpoint of this caller, `null` when it has none yet. */
  targetOf(x: Exchange, nowMs: number): Target | null;
  /** The caller was sent there. Gives the value of a `Set-Cookie` field, `null` when none is needed. */
  remember(x: Exchange, target: Target, nowMs: number): string | null;
}

export function stickinessOf(record: StickyRecord, targets: readonly Target[]): Stickiness {
  return record.by === 'cookie' ? new CookieStickiness(record, targets) : new ClientIdStickiness(record);
}

/** The cookie holds a short hash of the endpoint: it survives restarts, is equal on all gateways and tells no address. */
class CookieStickiness implements Stickiness {
  readonly #byMark: ReadonlyMap<string, Target>;

  constructor(
    private readonly record: StickyRecord,
    targets: readonly Target[],
  ) {
    this.#byMark = new Map(targets.map((target) => [markOf(target), target]));
  }

  targetOf(x: Exchange): Target | null {
    return this.#byMark.get(cookieValue(x.headers, cookieName) ?? '') ?? null;
  }

  remember(x: Exchange, target: Target): string | null {
    const mark = markOf(target);
    if (cookieValue(x.headers, cookieName) === mark) return null;
    const secure = x.scheme === 'https' ? '; Secure' : '';
    return `${cookieName}=${mark}; Path=/; Max-Age=${this.record.seconds}; HttpOnly; SameSite=Lax${secure}`;
  }
}

/** Clients that name themselves by `ClientID` are remembered here, for as long as they come back in time. */
class ClientIdStickiness implements Stickiness {
  readonly #sessions = new Map<string, { readonly target: Target; readonly untilMs: number }>();

  constructor(private readonly record: StickyRecord) {}

  targetOf(x: Exchange, nowMs: number): Target | null {
    const session = this.#sessions.get(x.headers.get('clientid') ?? '');
    return session !== undefined && session.untilMs > nowMs ? session.target : null;
  }

  remember(x: Exchange, target: Target, nowMs: number): null {
    const id = x.headers.get('clientid');
    if (id === undefined || id === '') return null;
    this.#sessions.delete(id); // the order of the map is the order of last use
    this.#sessions.set(id, { target, untilMs: nowMs + this.record.seconds * 1000 });
    if (this.#sessions.size > mostSessions) this.#sessions.delete(this.#sessions.keys().next().value as string);
    return null;
  }
}

function markOf({ endpoint }: Target): string {
  return createHash('sha256').update(`${endpoint.origin}${endpoint.basePath}`).digest('base64url').slice(0, 16);
}
