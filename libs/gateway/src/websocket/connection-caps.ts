/** Most long connections at one time; 0: no bound. */
export interface Caps {
  readonly maxConnectionsPerUser: number;
  readonly maxConnectionsPerAddress: number;
}

/** Counts the long connections of this process by user and by address. */
export class ConnectionCaps {
  readonly #byUser = new Map<string, number>();
  readonly #byAddress = new Map<string, number>();

  constructor(private readonly caps: Caps) {}

  /**
   * Takes a place for a connection; give it back by `release` with the same names.
   * @param user empty for callers without a name: only their address is counted
   * @returns what is full, `null` when the place was taken
   */
  take(user: string, address: string): 'user' | 'address' | null {
    const { maxConnectionsPerUser: perUser, maxConnectionsPerAddress: perAddress } = this.caps;
    const ofUser = this.#byUser.get(user) ?? 0;
    const ofAddress = this.#byAddress.get(address) ?? 0;
    if (user !== '' && perUser > 0 && ofUser >= perUser) return 'user';
    if (perAddress > 0 && ofAddress >= perAddress) return 'address';
    if (user !== '') this.#byUser.set(user, ofUser + 1);
    this.#byAddress.set(address, ofAddress + 1);
    return null;
  }

  release(user: string, address: string): void {
    if (user !== '') lower(this.#byUser, user);
    lower(this.#byAddress, address);
  }
}

function lower(counts: Map<string, number>, key: string): void {
  const left = (counts.get(key) ?? 0) - 1;
  if (left > 0) counts.set(key, left);
  else counts.delete(key);
}
