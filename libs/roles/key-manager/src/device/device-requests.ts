import { Injectable } from '@nestjs/common';
import { ClientService, DeviceGrants, type DeviceGrantView } from '@tollgate/oauth/server';
import type { AuthorizationRequest } from '../authorize/authorization-request.js';
import { PageError } from '../pages/error-page.js';

/** What a device asks of a person, in the form of an authorization request that leads nowhere. */
@Injectable()
export class DeviceRequests {
  constructor(
    private readonly grants: DeviceGrants,
    private readonly clients: ClientService,
  ) {}

  /** @throws PageError when it was answered already or is over */
  async read(uuid: string): Promise<AuthorizationRequest> {
    const grant = await this.grants.getWaiting(uuid);
    const client = grant && (await this.clients.findByConsumerKey(grant.consumerKey));
    if (!grant || !client) throw new PageError('error.over', 'The device code is over or was answered already.', 410);
    return { ...requestOf(grant), client };
  }
}

/** A person always says yes or no to a device: whoever sent them the code may not be who they think. */
function requestOf(grant: DeviceGrantView): Omit<AuthorizationRequest, 'client'> {
  return {
    device: { uuid: grant.uuid },
    tenant: grant.tenant,
    scopes: grant.scopes,
    prompts: new Set(['consent']),
    redirectUri: '',
    redirectNamed: false,
    responseMode: 'query',
    state: undefined,
    codeChallenge: null,
    nonce: undefined,
    resources: [],
    dpopJkt: undefined,
    maxAgeSeconds: undefined,
    needsMultiFactor: false,
    loginHint: undefined,
    uiLocales: undefined,
  };
}
