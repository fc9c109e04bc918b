import { Injectable } from '@nestjs/common';
import { IdentityProviders } from '@tollgate/oauth/server';
import { html, type Html } from '../pages/html.js';
import type { Texts } from '../pages/texts.js';
import { organizationOf, type SignInSetting } from '../sign-in/sign-in-step.js';

/** The ways to other sign-in pages, on ours. Links: a form would be held back by the page's `form-action`. */
@Injectable()
export class ProviderButtons {
  constructor(private readonly providers: IdentityProviders) {}

  /** Null where the organization has no provider. */
  async buttons(setting: SignInSetting, texts: Texts): Promise<Html | null> {
    const offered = await this.providers.offered(organizationOf(setting));
    if (offered.length === 0) return null;
    return html`<div class="providers">
      <p class="or"><span>${texts('federation.or')}</span></p>
      ${offered.map(
        ({ name, settings }) =>
          html`<a class="button" href="/oauth2/interaction/${setting.interaction}/federation/${name}"
            >${texts('federation.use', { provider: settings.displayName || name })}</a
          >`,
      )}
    </div>`;
  }
}
