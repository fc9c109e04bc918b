import { Injectable, type OnModuleInit } from '@nestjs/common';
import { SecondFactorPolicy, SecondFactors, TooManySignInsError } from '@tollgate/identity/server';
import { invalidField } from '../pages/alert.js';
import { assets } from '../pages/assets.js';
import { passkeyButton } from '../pages/passkey-form.js';
import { html, type Html } from '../pages/html.js';
import type { Texts } from '../pages/texts.js';
import { PasskeyCeremonies } from './passkey-ceremonies.js';
import {
  SignInSteps,
  type SignInSetting,
  type SignInState,
  type SignInStep,
  type StepOutcome,
  type StepPage,
  type StepProblem,
} from './sign-in-step.js';

/** The second step of those who have a second factor: a passkey, the code of an authenticator app, or a recovery code. */
@Injectable()
export class CodeStep implements SignInStep, OnModuleInit {
  readonly name = 'code';

  constructor(
    private readonly factors: SecondFactors,
    private readonly policy: SecondFactorPolicy,
    private readonly passkeys: PasskeyCeremonies,
    private readonly steps: SignInSteps,
  ) {}

  onModuleInit(): void {
    this.steps.register(20, this);
  }

  async isNeeded({ user, amr }: SignInState): Promise<boolean> {
    return user !== undefined && !amr.includes('mfa') && (await this.policy.isEnrolled(user));
  }

  async page(
    state: SignInState,
    setting: SignInSetting,
    texts: Texts,
    problem: StepProblem | undefined,
  ): Promise<StepPage> {
    const user = known(state);
    const options = await this.passkeys.request(user, setting.interaction);
    const hasApp = await this.policy.hasApp(user);
    const passkey = options === null ? null : passkeyButton(texts, options, texts('passkey.use'));
    const form = html`${passkey} ${codeField(texts, problem !== undefined)}
      <div class="actions"><button name="action" value="step">${texts('sign-in.submit')}</button></div>
      <p class="faint">${texts('factor.recovery-hint')}</p>`;
    const lead = texts(hasApp ? 'factor.lead' : 'passkey.lead');
    return { title: texts('factor.title'), lead, form, ...(options === null ? {} : { scripts: [assets.passkey] }) };
  }

  async submit(state: SignInState, setting: SignInSetting, form: ReadonlyMap<string, string>): Promise<StepOutcome> {
    const user = known(state);
    const passkey = form.get('passkey') ?? '';
    if (passkey !== '') return this.byPasskey(user, setting, passkey);
    try {
      const isRight = await this.factors.verify(user, form.get('code') ?? '', setting.address);
      return isRight ? { passed: true, amr: ['otp', 'mfa'] } : { passed: false, problem: { key: 'factor.wrong' } };
    } catch (error) {
      if (!(error instanceof TooManySignInsError)) throw error;
      const seconds = String(error.retryAfterSeconds ?? 1);
      return { passed: false, problem: { key: 'sign-in.wait', values: { seconds } } };
    }
  }

  private async byPasskey(
    user: NonNullable<SignInState['user']>,
    { interaction }: SignInSetting,
    response: string,
  ): Promise<StepOutcome> {
    const isRight = await this.passkeys.verify(user, interaction, response);
    return isRight ? { passed: true, amr: ['pop', 'mfa'] } : { passed: false, problem: { key: 'passkey.wrong' } };
  }
}

function known({ user }: SignInState): NonNullable<SignInState['user']> {
  if (!user) throw new Error('Nobody has passed the first step');
  return user;
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
