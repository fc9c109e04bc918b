import { Injectable } from '@nestjs/common';
import { basicCredentials } from '@tollgate/http';
import { ClientService, type ClientView } from '@tollgate/oauth/server';
import type { FastifyRequest } from 'fastify';
import { CertificateAuthentication } from './certificate-authentication.js';
import { ClientAssertions } from './client-assertion.js';
import { clientAuthenticationFailed, OAuthError } from './oauth-error.js';
import type { Parameters } from './parameters.js';

export interface ClientCredentials {
  readonly consumerKey: string;
  readonly secret: string;
}

/**
 * The client's credentials from the Basic header or the body, but not from both (RFC 6749 section 2.3); null when it
 * sends none.
 */
export function readClientCredentials(request: FastifyRequest, parameters: Parameters): ClientCredentials | null {
  const inBody = parameters.get('client_id');
  const secret = parameters.get('client_secret');
  if (request.headers.authorization === undefined)
    return inBody === undefined || secret === undefined ? null : { consumerKey: inBody, secret };
  const basic = basicCredentials(request);
  if (!basic) throw clientAuthenticationFailed();
  const credentials = { consumerKey: formDecoded(basic[0]), secret: formDecoded(basic[1]) };
  if (secret !== undefined) throw new OAuthError('invalid_request', 'Send the client credentials in one place only.');
  if (inBody !== undefined && inBody !== credentials.consumerKey)
    throw new OAuthError('invalid_request', 'The client_id of the body is not that of the Authorization header.');
  return credentials;
}

/**
 * Both halves of the Basic pair are form-encoded before they are joined (RFC 6749 section 2.3.1). A text that is no
 * form encoding was sent as it is.
 */
function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

/** Who calls an OAuth endpoint. */
@Injectable()
export class ClientAuthentication {
  constructor(
    private readonly clients: ClientService,
    private readonly assertions: ClientAssertions,
    private readonly certificates: CertificateAuthentication,
  ) {}

  /**
   * @param tenant of the path; a client of another organization is unknown there unless it serves all
   * @throws OAuthError `invalid_client`
   */
  async require(request: FastifyRequest, parameters: Parameters, tenant: string | null): Promise<ClientView> {
    const client = await this.find(request, parameters, tenant);
    if (!client) throw clientAuthenticationFailed();
    return client;
  }

  /** Null for wrong or absent credentials. */
  async find(request: FastifyRequest, parameters: Parameters, tenant: string | null): Promise<ClientView | null> {
    const hasOther = request.headers.authorization !== undefined || parameters.has('client_secret');
    const asserted = await this.assertions.find(parameters, hasOther);
    const credentials = asserted ? null : readClientCredentials(request, parameters);
    const client = asserted
      ? asserted
      : credentials
        ? await this.clients.authenticate(credentials.consumerKey, credentials.secret)
        : await this.withoutCredentials(request, parameters);
    return client && (tenant === null || client.organization === tenant || client.saas) ? client : null;
  }

  /**
   * A client whose certificate the connection has shown, or a public one, which only names itself (RFC 6749 section 3.2.1);
   * what that may do is for each grant to say.
   */
  private async withoutCredentials(request: FastifyRequest, parameters: Parameters): Promise<ClientView | null> {
    const named = parameters.get('client_id');
    if (named === undefined || request.headers.authorization !== undefined) return null;
    const certified = await this.certificates.find(request, parameters);
    if (certified) return certified;
    const client = await this.clients.findByConsumerKey(named);
    return client?.authMethod === 'none' ? client : null;
  }
}
