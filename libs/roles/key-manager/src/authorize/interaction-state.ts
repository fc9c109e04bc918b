import { nothingPassed, type SignInState } from '../sign-in/sign-in-step.js';

/** What is stored of an interaction besides the request itself. */
export interface InteractionState {
  readonly signIn: SignInState;
  /** The session that was begun in it. */
  readonly sessionUuid?: string;
}

export const startingState: InteractionState = { signIn: nothingPassed };
