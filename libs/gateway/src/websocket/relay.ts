import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Exchange } from '../pipeline/exchange.js';
import type { Refusal } from '../pipeline/verdict.js';
import type { Target } from '../upstream/targets/target.js';
import { closeFrame, frameBytes, isControl, opcodes, type Frame } from './frame.js';
import { FrameReader, type FrameSizes } from './frame-reader.js';
import { nextMask } from './mask.js';

/** Which way a message goes: `publish` from the client to the back end, `subscribe` the other way. */
export type Direction = 'publish' | 'subscribe';

export interface RelayLimits extends FrameSizes {
  /** A side of which nothing was heard for this long is asked by a ping. */
  readonly pingIntervalMs: number;
  /** A side that does not answer a ping within this time is gone. */
  readonly pingTimeoutMs: number;
  /** A connection without a message for this long is closed; 0: never. */
  readonly messageIdleTimeoutMs: number;
}

export interface RelayHost {
  readonly limits: RelayLimits;
  /** Milliseconds of a coarse clock that stands still while the process was kept from looking at its sockets. */
  readonly clockMs: number;
  /** Asked for each frame of a message. @param isFirst false: it continues a message that was admitted */
  admit(relay: Relay, direction: Direction, bytes: number, isFirst: boolean): Refusal | null;
  /** Asked about once a second, whether the caller may still be connected. */
  look(relay: Relay): Refusal | null;
  /** Once, when nothing passes any more. */
  onClosed(relay: Relay): void;
}

/** How long both sides get to say goodbye. */
const closingMs = 3_000;

/** More pings and pongs within a second than this are an attack. */
const maxControlsPerSecond = 200;

/** A pong that carries this answers a ping of ours and goes no further. */
const ownPing = randomBytes(8);

/** One of the two sockets. */
class Side {
  readonly reader: FrameReader;
  lastHeardMs: number;
  pingSentMs = 0;
  controls = 0;
  /** Its close frame has come. */
  hasSentClose = false;
  /** A close frame has gone to it. */
  hasGotClose = false;
  isPaused = false;
  isGone = false;

  constructor(
    readonly socket: Socket,
    readonly isClient: boolean,
    limits: FrameSizes,
    nowMs: number,
  ) {
    this.reader = new FrameReader(isClient, limits);
    this.lastHeardMs = nowMs;
  }

  send(frame: Frame): boolean {
    if (this.isGone || this.hasGotClose) return true;
    if (frame.opcode === opcodes.close) this.hasGotClose = true;
    return this.socket.write(frameBytes(frame, this.isClient ? null : nextMask()));
  }
}

/**
 * One open WebSocket: frames are read strictly on either side and written anew on the other. A message passes when the
 * host admits it; a close code passes as it is. Each side waits for the slower one. Both sides are asked by pings whether
 * they are still there.
 */
export class Relay {
  readonly #client: Side;
  readonly #backEnd: Side;
  #isClosing = false;
  #isOver = false;
  #deadlineMs = 0;
  #lastMessageMs: number;

  constructor(
    readonly x: Exchange,
    readonly target: Target,
    client: Socket,
    backEnd: Socket,
    private readonly host: RelayHost,
  ) {
    this.#lastMessageMs = host.clockMs;
    this.#client = new Side(client, true, host.limits, host.clockMs);
    this.#backEnd = new Side(backEnd, false, host.limits, host.clockMs);
  }

  /** Begins to pass frames, those first that have come already. */
  start(clientRest: Buffer, backEndRest: Buffer): void {
    this.#listen(this.#backEnd, this.#client);
    this.#listen(this.#client, this.#backEnd);
    if (backEndRest.length > 0) this.#onData(this.#backEnd, this.#client, backEndRest);
    if (clientRest.length > 0) this.#onData(this.#client, this.#backEnd, clientRest);
    if (!this.#backEnd.isPaused) this.#backEnd.socket.resume();
    if (!this.#client.isPaused) this.#client.socket.resume();
  }

  /** Closes both sides; the back end learns no more than that the client goes away. */
  close(code: number, reason: string): void {
    if (this.#isClosing) return;
    this.#client.send(closeFrame(code, reason));
    this.#backEnd.send(closeFrame(1001, 'The gateway ends the connection.'));
    this.#beginClosing();
  }

  /** Called about once a second. */
  tick(): void {
    const now = this.host.clockMs;
    if (this.#isClosing) return now >= this.#deadlineMs ? this.#end() : undefined;
    const refusal = this.host.look(this);
    if (refusal !== null) return this.refuse(refusal);
    const { messageIdleTimeoutMs } = this.host.limits;
    if (messageIdleTimeoutMs > 0 && now - this.#lastMessageMs >= messageIdleTimeoutMs)
      return this.close(1001, 'No message came for too long.');
    this.#ask(this.#client, this.#backEnd, now);
    this.#ask(this.#backEnd, this.#client, now);
  }

  /** Ends the connection as a request would be refused. */
  refuse({ status, code, message, description, nextAccessTime }: Refusal): void {
    if (code === '404') return this.close(1001, 'The API is not served here any more.');
    const closeCode = status === 503 ? 1013 : status >= 500 ? 1011 : 1008;
    const until = nextAccessTime === undefined ? description : `until ${nextAccessTime}`;
    this.close(closeCode, `${code} ${message}: ${until}`);
  }

  /** Ends both connections at once. */
  destroy(): void {
    this.#client.socket.destroy();
    this.#backEnd.socket.destroy();
    this.#end();
  }

  #listen(side: Side, other: Side): void {
    const { socket } = side;
    const onGone = (): void => this.#onGone(side, other);
    socket.on('data', (chunk: Buffer) => this.#onData(side, other, chunk));
    socket.on('drain', () => this.#onDrain(side, other));
    socket.on('end', onGone);
    socket.on('close', onGone);
    if (socket.listenerCount('error') === 0) socket.on('error', () => undefined); // 'close' follows
  }

  #onData(side: Side, other: Side, chunk: Buffer): void {
    if (this.#isOver) return;
    side.lastHeardMs = this.host.clockMs;
    side.pingSentMs = 0;
    side.reader.read(chunk, (frame) => this.#take(side, other, frame));
    const { problem } = side.reader;
    if (problem !== null) this.#breakOff(side, other, problem.code, problem.reason);
  }

  /** Gives whether more may be read. */
  #take(side: Side, other: Side, frame: Frame): boolean {
    if (frame.opcode === opcodes.close) return (this.#takeClose(side, other, frame), false);
    if (this.#isClosing) return !side.hasSentClose; // what still comes is not passed on
    if (isControl(frame.opcode)) return this.#takeControl(side, other, frame);
    this.#lastMessageMs = this.host.clockMs;
    const direction = side.isClient ? 'publish' : 'subscribe';
    const refusal = this.host.admit(this, direction, frame.payload.length, frame.opcode !== opcodes.continuation);
    if (refusal !== null) return (this.refuse(refusal), true); // its close frame is still waited for
    this.#pass(side, other, frame);
    return true;
  }

  #takeControl(side: Side, other: Side, frame: Frame): boolean {
    if (frame.opcode === opcodes.pong && frame.payload.equals(ownPing)) return true;
    if (++side.controls > maxControlsPerSecond) {
      this.#breakOff(side, other, 1008, 'Too many pings.');
      return false;
    }
    this.#pass(side, other, frame);
    return true;
  }

  #pass(side: Side, other: Side, frame: Frame): void {
    if (other.send(frame) || side.isPaused) return;
    side.isPaused = true;
    side.socket.pause();
  }

  #onDrain(side: Side, other: Side): void {
    side.lastHeardMs = this.host.clockMs; // it takes what it gets, slowly
    if (!other.isPaused) return;
    other.isPaused = false;
    other.socket.resume();
  }

  #takeClose(side: Side, other: Side, frame: Frame): void {
    const answersUs = side.hasGotClose && this.#isClosing && !other.hasSentClose;
    side.hasSentClose = true;
    other.send(frame);
    this.#beginClosing();
    if (other.hasSentClose || other.isGone || (answersUs && side.isClient)) this.#end();
  }

  /** A side breaks the protocol: it is told, the other one learns that its peer is gone. */
  #breakOff(side: Side, other: Side, code: number, reason: string): void {
    side.send(closeFrame(code, reason));
    other.send(
      side.isClient
        ? closeFrame(1001, 'The client broke the protocol.')
        : closeFrame(1014, 'The back end broke the protocol.'),
    );
    side.hasSentClose = true;
    this.#beginClosing();
  }

  #onGone(side: Side, other: Side): void {
    if (side.isGone || this.#isOver) return;
    side.isGone = true;
    if (other.isGone) return this.#end();
    if (!other.hasGotClose)
      other.send(
        side.isClient ? closeFrame(1001, 'The client went away.') : closeFrame(1014, 'The back end went away.'),
      );
    this.#beginClosing();
    if (other.hasSentClose || side.isClient) this.#end();
  }

  #ask(side: Side, other: Side, now: number): void {
    const { pingIntervalMs, pingTimeoutMs } = this.host.limits;
    side.controls = 0;
    if (side.isPaused) return; // nobody reads what it sends
    if (side.pingSentMs > 0 && now - side.pingSentMs >= pingTimeoutMs) {
      side.socket.destroy();
      this.#onGone(side, other);
    } else if (side.pingSentMs === 0 && now - side.lastHeardMs >= pingIntervalMs) {
      side.pingSentMs = now;
      side.send({ opcode: opcodes.ping, isFinal: true, payload: ownPing });
    }
  }

  #beginClosing(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#deadlineMs = this.host.clockMs + closingMs;
    for (const side of [this.#client, this.#backEnd]) if (side.isPaused) side.socket.resume();
  }

  /** Nothing more is waited for: what was written still goes out, then both connections end. */
  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#isClosing = true;
    for (const side of [this.#client, this.#backEnd]) {
      const { socket } = side;
      side.send(closeFrame(1001, 'The other side did not answer.')); // unless it has got one
      socket.end();
      socket.resume();
    }
    const timer = setTimeout(() => {
      this.#client.socket.destroy();
      this.#backEnd.socket.destroy();
    }, closingMs);
    timer.unref();
    this.host.onClosed(this);
  }
}
