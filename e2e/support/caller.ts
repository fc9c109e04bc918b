import { recordAnswer } from './contracts.js';
import type { Installation } from './installation.js';
import { send, type Answer, type Sending } from './rest.js';

export const publisher = '/api/am/publisher/v4';
export const devportal = '/api/am/devportal/v3';
export const adminApi = '/api/am/admin/v4';

/** Every scope that the mission uses. */
const scopes = [
  'apim:api_view',
  'apim:api_create',
  'apim:api_delete',
  'apim:api_publish',
  'apim:api_generate_key',
  'apim:common_operation_policy_view',
  'apim:comment_manage',
  'apim:subscription_view',
  'apim:subscription_block',
  'apim:subscription_manage',
  'apim:tier_view',
  'apim:store_settings',
  'apim:publisher_settings',
  'apim:subscribe',
  'apim:app_manage',
  'apim:sub_manage',
  'apim:api_key',
  'apim:admin',
  'apim:tier_manage',
  'apim:bl_manage',
  'apim:bl_view',
  'apim:environment_manage',
  'apim:environment_read',
].join(' ');

/** A person at the management surfaces; calls go to the control planes in turn, so nothing may depend on which one answers. */
export class Caller {
  private turn = 0;

  private constructor(
    private readonly installation: Installation,
    readonly token: string,
    readonly consumer: { readonly clientId: string; readonly clientSecret: string },
  ) {}

  /** Calls 1 and 2 of the quick start: registers a client and gets a management token. */
  static async signIn(installation: Installation): Promise<Caller> {
    const base = installation.controlPlanes[0] ?? '';
    const registered = await send('POST', `${base}/client-registration/v0.17/register`, {
      basic: installation.admin,
      json: {
        callbackUrl: 'www.google.lk',
        clientName: 'rest_api_publisher',
        owner: installation.admin[0],
        grantType: 'client_credentials password refresh_token',
        saasApp: true,
      },
    });
    recordAnswer('POST', '/client-registration/v0.17/register', registered);
    if (registered.status !== 200) throw new Error(`Registration answered ${registered.status}: ${registered.text}`);
    const { clientId, clientSecret } = registered.body as { clientId: string; clientSecret: string };
    const token = await send('POST', `${base}/oauth2/token`, {
      basic: [clientId, clientSecret],
      form: { grant_type: 'client_credentials', scope: scopes },
    });
    if (token.status !== 200) throw new Error(`The token endpoint answered ${token.status}: ${token.text}`);
    return new Caller(installation, String(token.body['access_token']), { clientId, clientSecret });
  }

  /** Address of the control plane whose turn it is. */
  get base(): string {
    return this.installation.controlPlanes[this.turn++ % this.installation.controlPlanes.length] ?? '';
  }

  async call(method: string, path: string, sending: Sending = {}): Promise<Answer> {
    const answer = await send(method, this.base + path, { token: this.token, ...sending });
    recordAnswer(method, path, answer);
    return answer;
  }
}
