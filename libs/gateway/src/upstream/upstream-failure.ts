/** Why a call to a back end failed; `refusalOfUpstreamError` says what the caller is told. */
export type UpstreamFailureCode =
  | 'UPSTREAM_CONNECT_TIMEOUT'
  | 'UPSTREAM_HEADERS_TIMEOUT'
  | 'UPSTREAM_IDLE_TIMEOUT'
  /** The connection ended before the answer was complete. */
  | 'UPSTREAM_CLOSED'
  /** The answer is no HTTP, or could be read in two ways. */
  | 'UPSTREAM_MALFORMED'
  /** An API of streams got an answer that is none. */
  | 'UPSTREAM_NO_EVENT_STREAM'
  /** The gateway has nothing to show to the back end. */
  | 'UPSTREAM_NO_CREDENTIAL'
  /** All connections are in use and enough calls wait for one. */
  | 'UPSTREAM_BUSY';

export class UpstreamFailure extends Error {
  constructor(
    readonly code: UpstreamFailureCode,
    message: string,
  ) {
    super(message);
    this.name = 'UpstreamFailure';
  }
}
