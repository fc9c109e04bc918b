/** Injection token of the `QuotaLessor` that a traffic manager in this process is for the gateway beside it. */
export const localQuotaLessor = Symbol.for('tollgate.local-quota-lessor');
