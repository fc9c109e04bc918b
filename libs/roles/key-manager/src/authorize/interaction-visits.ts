import { Injectable } from '@nestjs/common';
import { Interactions, type InteractionView } from '@tollgate/oauth/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { accountRequest } from '../account/account-request.js';
import { DeviceRequests } from '../device/device-requests.js';
import { PageError } from '../pages/error-page.js';
import { pageHeaders } from '../pages/page.js';
import { chooseLanguage, textsIn, type Texts } from '../pages/texts.js';
import { Browsers } from '../sign-in/browser.js';
import type { SignInSetting } from '../sign-in/sign-in-step.js';
import { AuthorizationAnswers } from './authorization-answers.js';
import { AuthorizationRefusal, type AuthorizationRequest } from './authorization-request.js';
import type { InteractionState } from './interaction-state.js';
import { AuthorizationRequests } from './request-reader.js';

/** Everything that one request about an interaction is about. */
export interface Visit {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly texts: Texts;
  readonly interaction: InteractionView;
  readonly state: InteractionState;
  readonly asked: AuthorizationRequest;
  readonly setting: SignInSetting;
  readonly formToken: string;
}

/** Finds what a request about an interaction is about, for the browser that began it alone. */
@Injectable()
export class InteractionVisits {
  constructor(
    private readonly interactions: Interactions,
    private readonly requests: AuthorizationRequests,
    private readonly devices: DeviceRequests,
    private readonly browsers: Browsers,
    private readonly answers: AuthorizationAnswers,
  ) {}

  /** @throws PageError when there is no such interaction, or it is another browser's */
  async visiting(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    work: (visit: Visit) => Promise<void>,
  ): Promise<void> {
    void reply.headers(pageHeaders());
    const interaction = await this.interactions.find(id);
    if (!interaction) throw new PageError('error.over', 'There is no such interaction.', 410);
    if (this.browsers.known(request) !== interaction.browserDigest)
      throw new PageError('error.other-browser', 'The interaction belongs to another browser.', 403);
    const values = new Map(Object.entries(interaction.parameters));
    const texts = textsIn(chooseLanguage(values.get('ui_locales'), request.headers['accept-language']));
    try {
      const asked = await this.askedIn(values, interaction.tenant);
      await work({
        request,
        reply,
        texts,
        interaction,
        state: interaction.state as unknown as InteractionState,
        asked,
        setting: {
          client: asked.client,
          tenant: asked.tenant,
          loginHint: asked.loginHint,
          needsMultiFactor: asked.needsMultiFactor,
          interaction: interaction.uuid,
          address: request.ip,
          correlationId: request.id,
        },
        formToken: this.browsers.formToken(interaction.browserDigest, id),
      });
    } catch (error) {
      if (!(error instanceof AuthorizationRefusal)) throw error;
      this.answers.refusal(reply, texts, error);
    }
  }

  private async askedIn(values: ReadonlyMap<string, string>, tenant: string | null): Promise<AuthorizationRequest> {
    const device = values.get('device_grant');
    if (device !== undefined) return this.devices.read(device);
    const page = values.get('account_page');
    if (page !== undefined) return accountRequest(page, tenant);
    return this.requests.read({ values, repeated: new Set() }, tenant);
  }
}
