import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { ApimError, InvalidInputError, SecretBox, tollgateClock, type Clock } from '@tollgate/base';
import { Database, managerOf, type RequestContext, type Transaction } from '@tollgate/database';
import { KeyManagerCaller, type KeyManagerAnswer } from './key-manager.caller.js';
import { ExternalClient, KeyManager } from './key-manager.entity.js';
import { KeyManagerService } from './key-manager.service.js';

export interface ExternalClientRequest {
  readonly name: string;
  readonly grantTypes: readonly string[];
  readonly callbackUrls: readonly string[];
}

/** A client as its key manager made it, not yet ours. */
export interface RegisteredClient extends ExternalClientRequest {
  readonly consumerKey: string;
  readonly secret: string | null;
  readonly registrationUri: string | null;
  readonly registrationToken: string | null;
}

export interface ExternalToken {
  readonly accessToken: string;
  readonly scopes: readonly string[];
  readonly expiresInSeconds: number;
}

const secretPurpose = 'external-client-secret';
const registrationPurpose = 'external-client-registration';

/** Clients at external key managers: registered there (RFC 7591, RFC 7592) or brought along. */
@Injectable()
export class ExternalClientService {
  constructor(
    private readonly db: Database,
    private readonly box: SecretBox,
    private readonly managers: KeyManagerService,
    private readonly caller: KeyManagerCaller,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  async find(ctx: RequestContext, keyManagerUuid: string, consumerKey: string): Promise<ExternalClient | null> {
    return managerOf(this.db, ctx).findOneBy(ExternalClient, { keyManagerUuid, consumerKey });
  }

  secretOf(row: ExternalClient): string | null {
    return row.secretSealed === null ? null : this.box.open(row.secretSealed, secretPurpose);
  }

  /**
   * Asks the key manager for a client (RFC 7591 section 3.1). Outside any transaction.
   * @throws ApimError 400 with what the key manager said
   */
  async register(manager: KeyManager, request: ExternalClientRequest): Promise<RegisteredClient> {
    const { clientRegistrationEndpoint: endpoint } = manager.settings;
    if (!manager.settings.enableOAuthAppCreation || endpoint === '')
      throw refused(
        manager,
        'It makes no clients for this installation.',
        'Make the client there and bring its consumer key along (map-keys).',
      );
    const { name, grantTypes, callbackUrls } = request;
    const metadata = {
      client_name: name,
      grant_types: grantTypes,
      redirect_uris: callbackUrls,
      response_types: grantTypes.includes('authorization_code') ? ['code'] : [],
      token_endpoint_auth_method: 'client_secret_basic',
    };
    const headers = await this.authorization(manager);
    const answer = await this.caller.call(endpoint, 'keyManager', { method: 'POST', json: metadata, headers });
    const {
      client_id: consumerKey,
      client_secret: secret,
      registration_client_uri: uri,
      registration_access_token: token,
    } = answer.json;
    if ((answer.status !== 201 && answer.status !== 200) || typeof consumerKey !== 'string' || consumerKey.length > 190)
      throw refused(
        manager,
        `It made no client: ${reasonOf(answer)}.`,
        'Correct what it names, or ask an administrator.',
      );
    return {
      ...request,
      consumerKey,
      secret: textOrNull(secret),
      registrationUri: textOrNull(uri),
      registrationToken: textOrNull(token),
    };
  }

  /** Takes back a registration, as far as the key manager lets us. */
  async unregister(client: Pick<RegisteredClient, 'registrationUri' | 'registrationToken'>): Promise<boolean> {
    if (client.registrationUri === null || client.registrationToken === null) return false;
    const headers = { authorization: `Bearer ${client.registrationToken}` };
    const { status } = await this.caller.call(client.registrationUri, 'keyManager', { method: 'DELETE', headers });
    return status === 204 || status === 200 || status === 404 || status === 401;
  }

  async add(tx: Transaction, manager: KeyManager, client: RegisteredClient): Promise<ExternalClient> {
    const nowMs = this.clock.nowMs();
    const seal = (text: string | null, purpose: string): string | null =>
      text === null ? null : this.box.seal(text, purpose);
    const row = tx.manager.create(ExternalClient, {
      uuid: randomUUID(),
      organization: manager.organization,
      rowVersion: 1,
      createdAt: nowMs,
      updatedAt: nowMs,
      keyManagerUuid: manager.uuid,
      consumerKey: client.consumerKey,
      name: client.name,
      secretSealed: seal(client.secret, secretPurpose),
      registrationUri: client.registrationUri,
      registrationTokenSealed: seal(client.registrationToken, registrationPurpose),
      grantTypes: [...client.grantTypes],
      callbackUrls: [...client.callbackUrls],
    });
    await tx.manager.insert(ExternalClient, row);
    return row;
  }

  /** Forgets it here; after the commit also there, when it was made from here. */
  async remove(tx: Transaction, keyManagerUuid: string, consumerKey: string): Promise<void> {
    const row = await this.find(tx, keyManagerUuid, consumerKey);
    if (!row) return;
    await tx.manager.delete(ExternalClient, { id: row.id });
    const { registrationUri, registrationTokenSealed: sealed } = row;
    const registrationToken = sealed === null ? null : this.box.open(sealed, registrationPurpose);
    tx.afterCommit(async () => void (await this.unregister({ registrationUri, registrationToken })));
  }

  /**
   * Whoever brings a client along shows that it is theirs: its secret is right at the token endpoint.
   * @throws InvalidInputError when it is not, or cannot be shown
   */
  async prove(manager: KeyManager, consumerKey: string, secret: string): Promise<void> {
    const { enableMapOAuthConsumerApps, enableProvisionedAppValidation, tokenEndpoint } = manager.settings;
    if (!enableMapOAuthConsumerApps)
      throw refused(manager, 'Clients are not brought along from it.', 'Generate keys instead.');
    if (!enableProvisionedAppValidation) return;
    if (tokenEndpoint === '')
      throw refused(
        manager,
        'It has no token endpoint at which the client could prove itself.',
        'Ask an administrator to set it.',
      );
    const answer = await this.caller.call(tokenEndpoint, 'keyManager', {
      method: 'POST',
      form: { grant_type: 'client_credentials' },
      headers: basic(consumerKey, secret),
    });
    // Any error but this one is about the grant of a client that has proved itself (RFC 6749 section 5.2).
    const proved =
      answer.status === 200 ||
      (answer.status === 400 &&
        ['unauthorized_client', 'invalid_scope', 'invalid_target'].includes(String(answer.json['error'])));
    if (!proved)
      throw new InvalidInputError([
        {
          field: 'consumerSecret',
          message: `The key manager "${manager.name}" does not take this consumer key and secret.`,
        },
      ]);
  }

  /** client_credentials at the key manager. @throws ApimError 400 with what it said */
  async token(
    manager: KeyManager,
    consumerKey: string,
    secret: string,
    scopes: readonly string[],
  ): Promise<ExternalToken> {
    const { tokenEndpoint, enableTokenGeneration } = manager.settings;
    if (!enableTokenGeneration || tokenEndpoint === '')
      throw refused(manager, 'Tokens are not fetched from it here.', 'Ask its token endpoint.');
    const scope = scopes.filter((each) => each !== 'default' && each !== 'am_application_scope').join(' ');
    const answer = await this.caller.call(tokenEndpoint, 'keyManager', {
      method: 'POST',
      form: { grant_type: 'client_credentials', ...(scope === '' ? {} : { scope }) },
      headers: basic(consumerKey, secret),
    });
    const { access_token: accessToken, expires_in: seconds, scope: granted } = answer.json;
    if (answer.status !== 200 || typeof accessToken !== 'string')
      throw refused(manager, `It gave no token: ${reasonOf(answer)}.`, 'Correct what it names.');
    return {
      accessToken,
      scopes: typeof granted === 'string' ? granted.split(' ') : scope === '' ? [] : scope.split(' '),
      expiresInSeconds: typeof seconds === 'number' ? seconds : 0,
    };
  }

  /** An initial access token that an administrator gave, or one fetched with client credentials. */
  private async authorization(manager: KeyManager): Promise<Record<string, string>> {
    const {
      initial_access_token: initial,
      client_id: id,
      client_secret: secret,
      scope,
      audience,
    } = this.managers.connectorOf(manager);
    if (typeof initial === 'string') return { authorization: `Bearer ${initial}` };
    if (typeof id !== 'string' || typeof secret !== 'string') return {};
    const extra = {
      ...(typeof scope === 'string' ? { scope } : {}),
      ...(typeof audience === 'string' ? { audience } : {}),
    };
    const answer = await this.caller.call(manager.settings.tokenEndpoint, 'keyManager', {
      method: 'POST',
      form: { grant_type: 'client_credentials', ...extra },
      headers: basic(id, secret),
    });
    if (typeof answer.json['access_token'] !== 'string')
      throw refused(
        manager,
        `It gave this installation no token to register clients with: ${reasonOf(answer)}.`,
        'Ask an administrator.',
      );
    return { authorization: `Bearer ${answer.json['access_token']}` };
  }
}

function basic(name: string, secret: string): { authorization: string } {
  const pair = `${encodeURIComponent(name)}:${encodeURIComponent(secret)}`; // RFC 6749 section 2.3.1
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** The error code of the other side, which RFC 6749 and RFC 7591 keep free of secrets. */
function reasonOf({ status, json }: KeyManagerAnswer): string {
  const { error } = json;
  return typeof error === 'string' && /^[\w.-]{1,60}$/.test(error) ? `${status} ${error}` : `status ${status}`;
}

function refused(manager: KeyManager, message: string, action: string): ApimError {
  return new ApimError({
    code: 'KEY_MANAGER_REFUSED',
    status: 400,
    message: `Key manager "${manager.name}": ${message}`,
    action,
    fields: [{ field: 'keyManager', message }],
  });
}
