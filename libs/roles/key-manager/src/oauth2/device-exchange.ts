import type { Transaction } from '@tollgate/database';
import type { UserReader, UserView } from '@tollgate/identity/server';
import type { ClientView, DeviceGrants, DeviceGrantView } from '@tollgate/oauth/server';
import { OAuthError } from './oauth-error.js';
import type { Parameters } from './parameters.js';

/** Tokens for a device (RFC 8628 sections 3.4 and 3.5). */
export class DeviceExchange {
  constructor(
    private readonly services: { readonly devices: DeviceGrants; readonly userReader: UserReader },
    private readonly client: ClientView,
    private readonly parameters: Parameters,
  ) {}

  /** @throws OAuthError `authorization_pending`, `slow_down`, `access_denied`, `expired_token`, `invalid_grant` */
  async find(): Promise<{ grant: DeviceGrantView; user: UserView }> {
    const code = this.parameters.get('device_code');
    if (code === undefined) throw new OAuthError('invalid_request', 'The parameter device_code is missing.');
    const grant = await this.services.devices.findByDeviceCode(code);
    if (!grant || grant.consumerKey !== this.client.consumerKey || grant.state === 'used') throw unknownCode();
    if (this.services.devices.isOver(grant)) throw new OAuthError('expired_token', 'The device code has expired.');
    if (grant.state === 'denied') throw new OAuthError('access_denied', 'The person did not allow it.');
    const inTime = await this.services.devices.poll(grant);
    if (!inTime) throw new OAuthError('slow_down', 'Wait five seconds more between two polls.');
    if (grant.state === 'waiting') throw new OAuthError('authorization_pending', 'The person has not answered yet.');
    const user = await this.services.userReader.find(grant.organization ?? '', grant.userName ?? '');
    if (!user?.active) throw unknownCode();
    return { grant, user };
  }

  async spend(tx: Transaction, grant: DeviceGrantView): Promise<void> {
    if (!(await this.services.devices.spend(tx, grant))) throw unknownCode();
  }
}

function unknownCode(): OAuthError {
  return new OAuthError('invalid_grant', 'The device code is not valid.');
}
