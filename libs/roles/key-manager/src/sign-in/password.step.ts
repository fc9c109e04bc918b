import { Injectable, type OnModuleInit } from '@nestjs/common';
import { parseUserName } from '@tollgate/identity/domain';
import { SignInService, TooManySignInsError, type UserView } from '@tollgate/identity/server';
import { ProviderButtons } from '../federation/provider-buttons.js';
import { ResetMail } from '../password-reset/reset-mail.js';
import { assets } from '../pages/assets.js';
import { invalidField } from '../pages/alert.js';
import { html, type Html } from '../pages/html.js';
import type { Texts } from '../pages/texts.js';
import {
  organizationOf,
  SignInSteps,
  type SignInSetting,
  type SignInState,
  type SignInStep,
  type StepOutcome,
  type StepPage,
  type StepProblem,
} from './sign-in-step.js';

/** The first step: who, and the password. */
@Injectable()
export class PasswordStep implements SignInStep, OnModuleInit {
  readonly name = 'password';

  constructor(
    private readonly signIn: SignInService,
    private readonly mail: ResetMail,
    private readonly providers: ProviderButtons,
    private readonly steps: SignInSteps,
  ) {}

  onModuleInit(): void {
    this.steps.register(10, this);
  }

  /** Not for those who have proved elsewhere who they are. */
  isNeeded({ user }: SignInState): boolean {
    return user === undefined;
  }

  async page(
    state: SignInState,
    setting: SignInSetting,
    texts: Texts,
    problem: StepProblem | undefined,
  ): Promise<StepPage> {
    const typed = state.data?.[this.name];
    const userName = typeof typed === 'string' ? typed : (setting.loginHint ?? '');
    const invalid = problem ? invalidField : null;
    const focusPassword = userName !== '';
    const focus = (wanted: boolean) => (wanted ? html`autofocus` : null);
    const form = html`<label for="username">${texts('sign-in.user-name')}</label>
      <input
        id="username"
        name="username"
        type="text"
        value="${userName}"
        autocomplete="username"
        autocapitalize="none"
        spellcheck="false"
        required
        maxlength="400"
        ${invalid}
        ${focus(!focusPassword)}
      />
      <label for="password">${texts('sign-in.password')}</label>
      <input
        id="password"
        name="password"
        type="password"
        autocomplete="current-password"
        required
        maxlength="256"
        ${invalid}
        ${focus(focusPassword)}
      />
      <label class="check" data-show-password hidden><input type="checkbox" />${texts('sign-in.show-password')}</label>
      <div class="actions"><button name="action" value="step">${texts('sign-in.submit')}</button></div>
      ${this.mail.isOn ? forgotten(texts, setting) : null} ${await this.providers.buttons(setting, texts)}`;
    const lead = texts('sign-in.client', { client: setting.client.name });
    return { title: texts('sign-in.title'), lead, form, scripts: [assets.password] };
  }

  /** A plain name belongs to the organization of the path, else to that of the client. */
  async submit(_: SignInState, setting: SignInSetting, form: ReadonlyMap<string, string>): Promise<StepOutcome> {
    const typed = (form.get('username') ?? '').trim();
    const { client } = setting;
    const named = typed.includes('@')
      ? parseUserName(typed)
      : { userName: typed, organization: organizationOf(setting) };
    const data = typed.slice(0, 400);
    const user = await this.verified({ ...named, password: form.get('password') ?? '', address: setting.address });
    if (typeof user === 'number')
      return { passed: false, problem: { key: 'sign-in.wait', values: { seconds: String(user) } }, data };
    if (!user) return { passed: false, problem: { key: 'sign-in.wrong' }, data };
    const { userName, organization } = user;
    if (!mayEnter(organization, setting))
      return { passed: false, problem: { key: 'sign-in.not-here', values: { client: client.name } }, data };
    return { passed: true, user: { userName, organization }, amr: ['pwd'], data };
  }

  /** The user; null when the password is wrong; a number of seconds to wait after too many wrong ones. */
  private async verified(attempt: Parameters<SignInService['withPassword']>[0]): Promise<UserView | number | null> {
    try {
      return await this.signIn.withPassword(attempt, { moreFollows: true });
    } catch (error) {
      if (error instanceof TooManySignInsError) return error.retryAfterSeconds ?? 1;
      throw error;
    }
  }
}

function forgotten(texts: Texts, { tenant }: SignInSetting): Html {
  const path = `${tenant === null ? '' : `/t/${tenant}`}/oauth2/password-reset`;
  return html`<p class="faint"><a href="${path}">${texts('sign-in.forgotten')}</a></p>`;
}

/** A client of one organization serves its users alone; a path of one organization too. */
export function mayEnter(organization: string, { client, tenant }: Pick<SignInSetting, 'client' | 'tenant'>): boolean {
  return (client.saas || client.organization === organization) && (tenant === null || tenant === organization);
}
