import { Controller } from '@nestjs/common';
import { qualifiedUserName, superOrganization } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, Operation } from '@tollgate/http';
import { registrationScheme } from './registration.authenticator.js';
import {
  registrationAnswer,
  registrationBody,
  type RegistrationAnswer,
  type RegistrationBody,
} from './registration.schemas.js';
import { RegistrationService, type RegisteredClient } from './registration.service.js';

@Controller('/client-registration/v0.17')
export class RegistrationController {
  constructor(private readonly registrations: RegistrationService) {}

  @Operation({
    method: 'POST',
    path: '/register',
    auth: registrationScheme,
    summary: 'Register a client of the management surfaces, or get it again',
    body: registrationBody,
    status: 200,
    answer: registrationAnswer,
  })
  async register(@Ctx() ctx: RequestContext, @Body() body: RegistrationBody): Promise<RegistrationAnswer> {
    return answerOf(await this.registrations.register(ctx, body));
  }
}

function answerOf({ client, secret }: RegisteredClient): RegistrationAnswer {
  const { organization, owner, name, grantTypes, callbackUrls } = client;
  const callback = callbackUrls.join(',');
  const details = { grant_types: grantTypes.join(' '), redirect_uris: callback, client_name: name };
  return {
    clientId: client.consumerKey,
    clientName: name,
    clientSecret: secret,
    callbackUrl: callback,
    callBackURL: callback,
    isSaasApplication: String(client.saas),
    appOwner: organization === superOrganization ? owner : qualifiedUserName(owner, organization),
    jsonString: JSON.stringify(details),
    jsonAppAttribute: '{}',
    applicationUUID: client.uuid,
    tokenType: 'JWT',
  };
}
