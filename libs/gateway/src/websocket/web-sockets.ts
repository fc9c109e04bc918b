import { addressGroup } from '../filters/address-group.js';
import { endpointsOut } from '../filters/refusals.js';
import { fresh, lookAt, lookOnce, topicAt } from '../filters/select-topic.js';
import type { ClientAnswer } from '../http/client-answer.js';
import type { Exchange } from '../pipeline/exchange.js';
import type { RouteTable } from '../pipeline/route-table.js';
import { statusRefusal, type Refusal } from '../pipeline/verdict.js';
import { clientResponseHeaders } from '../upstream/response-headers.js';
import type { Target } from '../upstream/targets/target.js';
import { ConnectionCaps, type Caps } from './connection-caps.js';
import { Dialling, type DialOptions } from './dialling.js';
import { openingAnswer } from './opening-handshake.js';
import { Relay, type Direction, type RelayHost, type RelayLimits } from './relay.js';
import type { OpenUpstream } from './upstream-handshake.js';

export interface WebSocketLimits extends RelayLimits, Caps {}

export interface WebSocketOptions extends DialOptions {
  readonly limits: WebSocketLimits;
  /** Routes as they are now. */
  readonly table: () => RouteTable;
  /** Counts a message that was admitted, or further bytes of one. */
  readonly onMessage: (x: Exchange, bytes: number, isFirst: boolean) => void;
}

export interface WebSocketStatus {
  readonly open: number;
  readonly opened: number;
  readonly messages: number;
}

const tickMs = 100;
/** Each connection has its turn once in so many ticks. */
const turns = 10;

/** Connections are closed over this part of the time to drain; the rest is for their goodbyes. */
const spreadShare = 0.6;
const drainStepMs = 20;

const gone = statusRefusal(404, 'Not Found', 'The API is not served here any more.');
const stopping = statusRefusal(503, 'Service Unavailable', 'This gateway stops. Connect again.', {
  headers: ['Retry-After', '1'],
  close: true,
});

const notOfThisTopic: Readonly<Record<Direction, Refusal>> = {
  publish: statusRefusal(403, 'Forbidden', 'Nothing may be sent to this topic.'),
  subscribe: statusRefusal(403, 'Forbidden', 'Nothing may be received from this topic.'),
};

function tooMany(what: 'user' | 'address'): Refusal {
  const description = `There are too many open connections of this ${what}. Close one, then try again.`;
  return {
    kind: 'throttling',
    status: 429,
    code: '900808',
    message: 'Message throttled out',
    description,
    headers: ['Retry-After', '10'],
  };
}

/** All WebSockets of a gateway: opens them, looks after them, and ends them. */
export class WebSockets implements RelayHost {
  readonly limits: WebSocketLimits;
  clockMs = 0;
  readonly #caps: ConnectionCaps;
  readonly #turns: readonly Set<Relay>[] = Array.from({ length: turns }, () => new Set<Relay>());
  #turn = 0;
  #next = 0;
  #open = 0;
  #opened = 0;
  #messages = 0;
  #isDraining = false;
  #lastTick = performance.now();
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly options: WebSocketOptions) {
    this.limits = options.limits;
    this.#caps = new ConnectionCaps(options.limits);
  }

  start(): void {
    this.#lastTick = performance.now();
    this.#timer ??= setInterval(() => this.#tick(), tickMs);
  }

  /** Opens a WebSocket for a request that every filter has let pass. */
  open(x: Exchange, answer: ClientAnswer): void {
    if (this.#isDraining) return answer.refuse(stopping, x.responseHeaders);
    const full = this.#caps.take(userOf(x), addressGroup(x.clientIp));
    if (full !== null) return answer.refuse(tooMany(full), x.responseHeaders);
    const dialling = new Dialling(x, this.options, {
      opened: (upstream, target) => this.#join(x, answer, upstream, target),
      failed: (refusal) => {
        this.#release(x);
        answer.refuse(refusal ?? endpointsOut, x.responseHeaders);
      },
    });
    answer.onAbort(() => {
      dialling.giveUp();
      this.#release(x);
    });
    dialling.begin();
  }

  #join(x: Exchange, answer: ClientAnswer, upstream: OpenUpstream, target: Target): void {
    const taken = answer.takeOver();
    if (taken === null) {
      upstream.socket.destroy();
      return this.#release(x);
    }
    const protocol = upstream.protocol ?? x.upgrade?.fallback ?? null;
    const fields = clientResponseHeaders(x, upstream.fields);
    taken.socket.write(openingAnswer(x.upgrade?.key ?? '', protocol, fields), 'latin1');
    const relay = new Relay(x, target, taken.socket, upstream.socket, this);
    this.#turns[this.#next++ % turns]?.add(relay);
    this.#open++;
    target.active++;
    this.#opened++;
    relay.start(taken.rest, upstream.rest);
  }

  admit(relay: Relay, direction: Direction, bytes: number, isFirst: boolean): Refusal | null {
    const x = this.#again(relay);
    const topic = x?.api ? topicAt(x.api.operations, x.resource) : null;
    if (!x || topic === null) return gone;
    const operation = topic[direction];
    if (operation === null) return notOfThisTopic[direction];
    const messages = operation.stream.messages;
    const refusal = lookOnce(operation, x) ?? (isFirst ? messages.admit(x, bytes) : messages.addBytes(x, bytes));
    if (refusal !== null) return refusal;
    if (isFirst) this.#messages++;
    this.options.onMessage(x, bytes, isFirst);
    return null;
  }

  look(relay: Relay): Refusal | null {
    const x = this.#again(relay);
    const topic = x?.api ? topicAt(x.api.operations, x.resource) : null;
    if (!x || topic === null) return gone;
    const found = lookAt(topic, x);
    return 'status' in found ? found : null;
  }

  onClosed(relay: Relay): void {
    for (const turn of this.#turns) turn.delete(relay);
    this.#open--;
    relay.target.active--;
    this.#release(relay.x);
  }

  status(): WebSocketStatus {
    return { open: this.#open, opened: this.#opened, messages: this.#messages };
  }

  /** Takes no new ones and closes those that are open with 1001, spread over most of the time; ends what is left then. */
  async drain(timeoutMs: number): Promise<void> {
    this.#isDraining = true;
    const relays = this.#turns.flatMap((turn) => [...turn]);
    const spreadMs = timeoutMs * spreadShare;
    const begun = performance.now();
    let closed = 0;
    while (this.#open > 0 && performance.now() - begun < timeoutMs) {
      const share = spreadMs === 0 ? 1 : Math.min(1, (performance.now() - begun) / spreadMs);
      for (const due = Math.ceil(relays.length * share); closed < due; closed++) {
        relays[closed]?.close(1001, 'This gateway stops. Connect again.');
      }
      await new Promise((resolve) => setTimeout(resolve, drainStepMs));
    }
    for (const relay of relays) relay.destroy();
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** The caller's request as if it came now, at the API as it is now; `null` when that is gone. */
  #again({ x }: Relay): Exchange | null {
    const route = this.options.table().find(x.host, x.path);
    return route === null || route.api.api.uuid !== x.api?.api.uuid ? null : fresh(x, this.options.nowMs(), route.api);
  }

  #release(x: Exchange): void {
    this.#caps.release(userOf(x), addressGroup(x.clientIp));
  }

  /** Time in which this process could not look at its sockets is not held against them. */
  #tick(): void {
    const now = performance.now();
    this.clockMs += Math.min(now - this.#lastTick, 2 * tickMs);
    this.#lastTick = now;
    this.#turn = (this.#turn + 1) % turns;
    for (const relay of this.#turns[this.#turn] ?? []) relay.tick();
  }
}

/** Callers are told apart by application and user; one without a credential has no name. */
function userOf({ credential, application, userId }: Exchange): string {
  return credential === 'none' ? '' : `${application?.uuid ?? ''} ${userId}`;
}
