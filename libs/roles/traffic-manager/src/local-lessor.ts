import { Injectable } from '@nestjs/common';
import type { LeaseAnswer, LeaseRequest, QuotaLessor } from '@tollgate/throttling/domain';

/** Decides about strict quotas for the gateway of this process. What is asked for before the manager counts waits for it. */
@Injectable()
export class LocalLessor implements QuotaLessor {
  #open: (lessor: QuotaLessor) => void = () => undefined;
  readonly #lessor = new Promise<QuotaLessor>((resolve) => (this.#open = resolve));

  /** Call it once, when the manager was made. */
  open(lessor: QuotaLessor): void {
    this.#open(lessor);
  }

  async lease(request: LeaseRequest): Promise<LeaseAnswer> {
    return (await this.#lessor).lease(request);
  }
}
