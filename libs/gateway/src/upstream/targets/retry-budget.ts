/** Further attempts earned by each call: back ends see at most a fifth more than was asked for (requirement F-47). */
const earnedPerCall = 0.2;

/** Kept for the moment in which a back end dies with many calls under way. */
const mostSaved = 100;

/** Bounds how many calls are tried again, so that a back end in trouble is not hit by more calls than before. */
export class RetryBudget {
  #saved = mostSaved;

  earn(): void {
    this.#saved = Math.min(mostSaved, this.#saved + earnedPerCall);
  }

  /** Whether one more attempt may be made. */
  spend(): boolean {
    if (this.#saved < 1) return false;
    this.#saved--;
    return true;
  }
}
