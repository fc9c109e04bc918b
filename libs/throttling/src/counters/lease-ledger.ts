import { grantOf, type LeaseAnswer, type LeaseRequest } from '../domain/index.js';

interface Holder {
  granted: number;
  returned: number;
  used: number;
}

/** Who holds which permits of one key in one window. The script of the Redis store does the same, step by step. */
export class LeaseLedger {
  readonly #holders = new Map<string, Holder>();
  /** Over all holders: granted, and neither used nor returned. */
  #outstanding = 0;

  /**
   * Takes in what a holder says, and grants.
   * @param count the counter as it is
   * @returns the answer, and what has to be added to the counter
   */
  settle(request: LeaseRequest, count: number): { readonly answer: LeaseAnswer; readonly by: number } {
    const holder = this.#holderOf(request.holder);
    // A ledger that has forgotten what it granted is told again, and so is its counter.
    const forgotten = Math.max(0, request.granted - holder.granted);
    const returned = Math.max(0, request.returned - holder.returned);
    const used = Math.max(0, request.used - holder.used);
    holder.granted += forgotten;
    holder.returned += returned;
    holder.used += used;
    const before = count + forgotten - returned;
    // Permits whose answer was lost are told first: nothing new is granted beside them.
    const heardAll = holder.granted === request.granted;
    const granted = heardAll ? grantOf(request.want, request.quota - before, this.#holders.size) : 0;
    holder.granted += granted;
    this.#outstanding += forgotten - returned - used + granted;
    const answer = {
      granted: holder.granted,
      left: Math.max(0, request.quota - before - granted),
      outstanding: this.#outstanding - (holder.granted - holder.returned - holder.used),
    };
    return { answer, by: before + granted - count };
  }

  #holderOf(name: string): Holder {
    const known = this.#holders.get(name);
    if (known) return known;
    const holder = { granted: 0, returned: 0, used: 0 };
    this.#holders.set(name, holder);
    return holder;
  }
}
