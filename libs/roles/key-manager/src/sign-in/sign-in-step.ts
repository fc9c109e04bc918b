import { Injectable } from '@nestjs/common';
import type { ClientView } from '@tollgate/oauth/server';
import type { Html } from '../pages/html.js';
import type { TextKey, Texts } from '../pages/texts.js';

/** How far signing in has come. Kept in the database between the pages, so any key manager may serve the next one. */
export interface SignInState {
  /** Known as soon as the first step is passed. Not signed in before all steps are. */
  readonly user?: { readonly userName: string; readonly organization: string };
  /** Names of the steps passed. */
  readonly passed: readonly string[];
  /** Methods passed (RFC 8176): `pwd`, `otp`, `hwk`, … */
  readonly amr: readonly string[];
  /** The identity provider at which the person signed in, and when. */
  readonly federation?: { readonly provider: string; readonly authenticatedAt: number };
  /** Whatever steps keep for themselves, by their names. JSON. */
  readonly data?: Readonly<Record<string, unknown>>;
}

export const nothingPassed: SignInState = { passed: [], amr: [] };

/** Where the person is going, and who asks from where. */
export interface SignInSetting {
  readonly client: ClientView;
  /** Of the path; null for `/oauth2`. */
  readonly tenant: string | null;
  readonly loginHint: string | undefined;
  /** More than a password is asked for (`acr_values`). */
  readonly needsMultiFactor: boolean;
  /** Id of what the person is in the middle of. */
  readonly interaction: string;
  readonly address: string;
  readonly correlationId: string;
}

/** Where people belong who name no organization. */
export function organizationOf({ client, tenant }: Pick<SignInSetting, 'client' | 'tenant'>): string {
  return tenant ?? client.organization;
}

/** What a step shows. The form, its hidden fields and the page around it are not the step's matter. */
export interface StepPage {
  readonly title: string;
  readonly lead?: string;
  /** The inside of the form, with its button. */
  readonly form: Html;
  /** Addresses of scripts of ours. */
  readonly scripts?: readonly string[];
}

/** A problem that the person can do something about; shown above the form, and the step begins again. */
export interface StepProblem {
  readonly key: TextKey;
  readonly values?: Readonly<Record<string, string>>;
}

export type StepOutcome =
  | {
      readonly passed: true;
      readonly user?: SignInState['user'];
      /** Methods that this step adds. */
      readonly amr: readonly string[];
      readonly data?: unknown;
    }
  | { readonly passed: false; readonly problem: StepProblem; readonly data?: unknown };

/**
 * One step of signing in: it asks the person for something and checks it. Steps are passed in their order; one that is not
 * needed for this user is skipped. Only when no needed step is left does a session begin.
 */
export interface SignInStep {
  /** Stable: it is in the form and in the stored state. */
  readonly name: string;
  isNeeded(state: SignInState, setting: SignInSetting): boolean | Promise<boolean>;
  page(
    state: SignInState,
    setting: SignInSetting,
    texts: Texts,
    problem: StepProblem | undefined,
  ): StepPage | Promise<StepPage>;
  /** Checks what the form holds. Its writes are its own; a throw becomes the error page. */
  submit(state: SignInState, setting: SignInSetting, form: ReadonlyMap<string, string>): Promise<StepOutcome>;
}

/** The steps of this installation, in order. A module that has one registers it in `onModuleInit`. */
@Injectable()
export class SignInSteps {
  private readonly steps: { readonly order: number; readonly step: SignInStep }[] = [];

  /** @param order lower comes first: 10 password, 20 second factors, 30 what a user must do before going on */
  register(order: number, step: SignInStep): void {
    this.steps.push({ order, step });
    this.steps.sort((a, b) => a.order - b.order);
  }

  /** The first needed step that is not passed; null when the person is through. */
  async next(state: SignInState, setting: SignInSetting): Promise<SignInStep | null> {
    for (const { step } of this.steps)
      if (!state.passed.includes(step.name) && (await step.isNeeded(state, setting))) return step;
    return null;
  }
}

/** The state after a step. */
export function afterStep(state: SignInState, step: SignInStep, outcome: StepOutcome): SignInState {
  const data = outcome.data === undefined ? state.data : { ...state.data, [step.name]: outcome.data };
  const kept = data === undefined ? {} : { data };
  if (!outcome.passed) return { ...state, ...kept };
  return {
    ...state,
    ...(outcome.user ? { user: outcome.user } : {}),
    passed: [...state.passed, step.name],
    amr: [...state.amr, ...outcome.amr],
    ...kept,
  };
}
