import { nothingPassed, type SignInState, type StepProblem } from '../sign-in/sign-in-step.js';

/** What is stored of an interaction besides the request itself. */
export interface InteractionState {
  readonly signIn: SignInState;
  /** The session that was begun in it. */
  readonly sessionUuid?: string;
  /** Shown once, above the step that is next. */
  readonly notice?: StepProblem;
}

/** Parameters of interactions that no client began: the answer to a device, and a page of the person's account. */
export const ownParameters: readonly string[] = ['device_grant', 'account_page'];

export const startingState: InteractionState = { signIn: nothingPassed };
