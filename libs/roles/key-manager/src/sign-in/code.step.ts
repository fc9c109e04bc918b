import { Injectable, type OnModuleInit } from '@nestjs/common';
import { SecondFactorPolicy, SecondFactors, TooManySignInsError } from '@tollgate/identity/server';
import { invalidField } from '../pages/alert.js';
import { html, type Html } from '../pages/html.js';
import type { Texts } from '../pages/texts.js';
import {
  SignInSteps,
  type SignInSetting,
  type SignInState,
  type SignInStep,
  type StepOutcome,
  type StepPage,
  type StepProblem,
} from './sign-in-step.js';

/** The second step of those who have an authenticator app: its code, or a recovery code. */
@Injectable()
export class CodeStep implements SignInStep, OnModuleInit {
  readonly name = 'code';

  constructor(
    private readonly factors: SecondFactors,
    private readonly policy: SecondFactorPolicy,
    private readonly steps: SignInSteps,
  ) {}

  onModuleInit(): void {
    this.steps.register(20, this);
  }

  async isNeeded({ user, passed }: SignInState): Promise<boolean> {
    return user !== undefined && !passed.includes('enrol-code') && (await this.policy.isEnrolled(user));
  }

  page(_: SignInState, __: SignInSetting, texts: Texts, problem: StepProblem | undefined): StepPage {
    const form = html`${codeField(texts, problem !== undefined)}
      <div class="actions"><button name="action" value="step">${texts('sign-in.submit')}</button></div>
      <p class="faint">${texts('factor.recovery-hint')}</p>`;
    return { title: texts('factor.title'), lead: texts('factor.lead'), form };
  }

  async submit({ user }: SignInState, setting: SignInSetting, form: ReadonlyMap<string, string>): Promise<StepOutcome> {
    if (!user) throw new Error('Nobody has passed the first step');
    try {
      const isRight = await this.factors.verify(user, form.get('code') ?? '', setting.address);
      return isRight ? { passed: true, amr: ['otp', 'mfa'] } : { passed: false, problem: { key: 'factor.wrong' } };
    } catch (error) {
      if (!(error instanceof TooManySignInsError)) throw error;
      const seconds = String(error.retryAfterSeconds ?? 1);
      return { passed: false, problem: { key: 'sign-in.wait', values: { seconds } } };
    }
  }
}

/** Where a code is typed. Phones offer digits first, and letters for a recovery code. */
export function codeField(texts: Texts, isWrong: boolean): Html {
  return html`<label for="code">${texts('factor.code')}</label>
    <input
      id="code"
      name="code"
      type="text"
      autocomplete="one-time-code"
      autocapitalize="none"
      spellcheck="false"
      required
      maxlength="30"
      autofocus
      ${isWrong ? invalidField : null}
    />`;
}
