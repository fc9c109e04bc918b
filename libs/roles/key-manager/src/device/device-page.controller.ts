import { Controller, Param, Req, Res } from '@nestjs/common';
import { Operation } from '@tollgate/http';
import { DeviceGrants, Interactions } from '@tollgate/oauth/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { startingState } from '../authorize/interaction-state.js';
import { TenantPath } from '../oauth2/tenant-path.js';
import { PageError } from '../pages/error-page.js';
import { alertOf, invalidField } from '../pages/alert.js';
import { html } from '../pages/html.js';
import { pageHeaders, sendPage, type Page } from '../pages/page.js';
import { chooseLanguage, textsIn, type Texts } from '../pages/texts.js';
import { Browsers } from '../sign-in/browser.js';

const purpose = 'device code';

/** Where a person types the code that a device shows (RFC 8628 section 3.3). */
@Controller(['/oauth2', '/t/:tenant/oauth2'])
export class DevicePageController {
  constructor(
    private readonly tenants: TenantPath,
    private readonly devices: DeviceGrants,
    private readonly interactions: Interactions,
    private readonly browsers: Browsers,
  ) {}

  /** A code in the address is only filled in: the person compares it with the device. */
  @Operation({ method: 'GET', path: '/device', auth: 'public', summary: 'Enter the code of a device' })
  async show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('tenant') tenant?: string,
  ): Promise<void> {
    void reply.headers(pageHeaders());
    await this.tenants.resolve(tenant);
    const { user_code: code } = request.query as Record<string, unknown>;
    this.send(request, reply, typeof code === 'string' ? code.slice(0, 20) : '', false);
  }

  @Operation({
    method: 'POST',
    path: '/device',
    auth: 'public',
    summary: 'Look up the code of a device',
    consumes: ['application/x-www-form-urlencoded'],
    status: 200,
  })
  async enter(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('tenant') tenant?: string,
  ): Promise<void> {
    void reply.headers(pageHeaders());
    await this.tenants.resolve(tenant);
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    const browserDigest = this.browsers.known(request);
    const proved = browserDigest !== null && form.get('token') === this.browsers.formToken(browserDigest, purpose);
    if (!proved) throw new PageError('error.forged', 'The form carries no token of this page.', 403);
    const typed = form.get('user_code') ?? '';
    const grant = await this.devices.findWaiting(typed);
    if (!grant) return this.send(request, reply, typed.slice(0, 20), true);
    const interaction = await this.interactions.begin({
      browserDigest,
      tenant: grant.tenant,
      parameters: { device_grant: grant.uuid },
      state: { ...startingState },
    });
    void reply.status(303).header('location', `/oauth2/interaction/${interaction.uuid}`).send('');
  }

  private send(request: FastifyRequest, reply: FastifyReply, code: string, isWrong: boolean): void {
    const texts = textsIn(chooseLanguage(undefined, request.headers['accept-language']));
    const formToken = this.browsers.formToken(this.browsers.recognize(request, reply), purpose);
    sendPage(reply, texts, codePage(texts, { code, isWrong, formToken }));
  }
}

function codePage(texts: Texts, options: { code: string; isWrong: boolean; formToken: string }): Page {
  const { code, isWrong, formToken } = options;
  const invalid = isWrong ? invalidField : null;
  const body = html`${alertOf(isWrong ? texts('device.wrong') : undefined)}
    <form method="post">
      <input type="hidden" name="token" value="${formToken}" />
      <label for="user_code">${texts('device.code')}</label>
      <input
        id="user_code"
        name="user_code"
        class="user-code"
        type="text"
        value="${code}"
        autocomplete="off"
        autocapitalize="characters"
        spellcheck="false"
        placeholder="XXXX-XXXX"
        required
        maxlength="20"
        autofocus
        ${invalid}
      />
      <div class="actions"><button>${texts('continue.submit')}</button></div>
    </form>`;
  return { title: texts('device.title'), lead: texts('device.text'), body };
}
