import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, systemContext } from '@tollgate/database';
import { Passkeys, SecondFactorPolicy, SecondFactors, UserReader } from '@tollgate/identity/server';
import { assets } from '../pages/assets.js';
import { html } from '../pages/html.js';
import { enrolmentOf } from '../pages/enrolment.js';
import { passkeyButton } from '../pages/passkey-form.js';
import type { Texts } from '../pages/texts.js';
import { codeField } from './code.step.js';
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

/** For those whose roles or whose client ask for a second factor and who have none yet: they begin with a passkey or an authenticator app now. */
@Injectable()
export class EnrolCodeStep implements SignInStep, OnModuleInit {
  readonly name = 'enrol-code';

  constructor(
    private readonly db: Database,
    private readonly factors: SecondFactors,
    private readonly policy: SecondFactorPolicy,
    private readonly passkeys: Passkeys,
    private readonly ceremonies: PasskeyCeremonies,
    private readonly users: UserReader,
    private readonly steps: SignInSteps,
  ) {}

  onModuleInit(): void {
    this.steps.register(21, this);
  }

  async isNeeded({ user, amr }: SignInState, { needsMultiFactor }: SignInSetting): Promise<boolean> {
    if (amr.includes('mfa')) return false;
    const person = user && (await this.users.find(user.organization, user.userName));
    const isAsked =
      person !== null && person !== undefined && (needsMultiFactor || (await this.policy.isRequired(person)));
    return isAsked && !(await this.policy.isEnrolled(person));
  }

  async page(
    { user }: SignInState,
    setting: SignInSetting,
    texts: Texts,
    problem: StepProblem | undefined,
  ): Promise<StepPage> {
    const owner = known(user);
    const ctx = systemContext(owner.organization, setting.correlationId);
    const enrolment = await this.db.transaction(ctx, (tx) => this.factors.enrol(tx, owner));
    const form = html`${enrolmentOf(texts, enrolment)} ${codeField(texts, problem !== undefined)}
      <div class="actions"><button name="action" value="step">${texts('factor.confirm')}</button></div>
      <h2>${texts('passkey.title')}</h2>
      <p class="faint">${texts('passkey.instead')}</p>
      ${passkeyButton(texts, await this.ceremonies.creation(owner, setting.interaction), texts('passkey.begin'))}`;
    return {
      title: texts('factor.enrol-title'),
      lead: texts(setting.needsMultiFactor ? 'factor.asked' : 'factor.required'),
      form,
      scripts: [assets.passkey],
    };
  }

  async submit({ user }: SignInState, setting: SignInSetting, form: ReadonlyMap<string, string>): Promise<StepOutcome> {
    const owner = known(user);
    const passkey = form.get('passkey') ?? '';
    if (passkey !== '') return this.withPasskey(owner, setting, passkey);
    const ctx = systemContext(owner.organization, setting.correlationId);
    const isRight = await this.db.transaction(ctx, (tx) => this.factors.confirm(tx, owner, form.get('code') ?? ''));
    return isRight ? { passed: true, amr: ['otp', 'mfa'] } : { passed: false, problem: { key: 'factor.wrong' } };
  }

  /** It gets a name of its own on the page of the account. */
  private async withPasskey(
    owner: NonNullable<SignInState['user']>,
    { interaction, correlationId }: SignInSetting,
    response: string,
  ): Promise<StepOutcome> {
    const made = await this.ceremonies.made(owner, interaction, response);
    const ctx = systemContext(owner.organization, correlationId);
    const isAdded = made && (await this.db.transaction(ctx, (tx) => this.passkeys.add(tx, owner, 'Passkey', made)));
    return isAdded ? { passed: true, amr: ['pop', 'mfa'] } : { passed: false, problem: { key: 'passkey.wrong' } };
  }
}

function known(user: SignInState['user']): NonNullable<SignInState['user']> {
  if (!user) throw new Error('Nobody has passed the first step');
  return user;
}
