import type { Refusal } from '../pipeline/verdict.js';

/** An answer that a policy refused before anything of it went out. */
export class AnswerRefused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.description);
    this.name = 'AnswerRefused';
  }
}
