import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Installation } from './installation.js';
import { eventually, send } from './rest.js';

const withinMs = 20_000;
/** What still travels when a request is counted: a decision, or the bytes of its answer. */
const onTheWayMs = 400;

/** What the traffic managers of an installation have counted, each request once at each of them or once in all. */
export class ManagerCounts {
  /** Management addresses of the managers. */
  readonly #addresses: readonly string[];
  readonly #inOneStore: boolean;

  constructor(installation: Installation) {
    this.#addresses = installation.managers?.addresses ?? installation.controlPlanes;
    this.#inOneStore = installation.managers?.inOneStore ?? false;
  }

  /** Waits until every request admitted is counted, exactly once, and its decision is at the gateways. */
  async settle(admitted: number): Promise<void> {
    const expected = this.#inOneStore ? [admitted] : this.#addresses.map(() => admitted);
    const isSettled = (counts: readonly number[]): boolean => counts.every((count) => count >= admitted);
    await eventually(() => this.#counts(), isSettled, withinMs);
    await sleep(onTheWayMs);
    expect(await this.#counts(), 'requests that traffic managers have counted').toEqual(expected);
  }

  /** Requests counted by each manager; the sum of all where they count in one store. */
  async #counts(): Promise<number[]> {
    const counts = await Promise.all(this.#addresses.map(countedAt));
    return this.#inOneStore ? [counts.reduce((sum, count) => sum + count, 0)] : counts;
  }
}

async function countedAt(address: string): Promise<number> {
  const { body } = await send('GET', `${address}/readyz`);
  const parts = body['parts'] as Record<string, { detail?: { counts?: { countedRequests?: number } } }> | undefined;
  return parts?.['traffic-manager']?.detail?.counts?.countedRequests ?? Number.NaN;
}
