import { Injectable } from '@nestjs/common';
import { isNamed } from '@tollgate/oauth/domain';
import { ClientCertificates, ClientService, type ClientView, type ShownCertificate } from '@tollgate/oauth/server';
import type { FastifyRequest } from 'fastify';
import type { Parameters } from './parameters.js';

/** Clients that prove themselves with the certificate of their connection (RFC 8705 section 2). */
@Injectable()
export class CertificateAuthentication {
  constructor(
    private readonly clients: ClientService,
    private readonly certificates: ClientCertificates,
  ) {}

  /** The methods that can be used here. */
  methods(): ('tls_client_auth' | 'self_signed_tls_client_auth')[] {
    if (!this.certificates.isOn) return [];
    return [...(this.certificates.hasAuthorities ? (['tls_client_auth'] as const) : []), 'self_signed_tls_client_auth'];
  }

  /** The client that the request names, when the certificate is its own; null otherwise. */
  async find(request: FastifyRequest, parameters: Parameters): Promise<ClientView | null> {
    const named = parameters.get('client_id');
    const shown = this.certificates.of(request);
    if (named === undefined || shown === null) return null;
    const client = await this.clients.findByConsumerKey(named);
    return client && isOwn(client, shown) ? client : null;
  }
}

function isOwn(client: ClientView, { certificate, isVouchedFor }: ShownCertificate): boolean {
  const { authMethod, certificateName, jwks } = client;
  if (authMethod === 'tls_client_auth')
    return isVouchedFor && certificateName !== null && isNamed(certificate, certificateName);
  if (authMethod !== 'self_signed_tls_client_auth') return false;
  const own = certificate.raw.toString('base64');
  return jwks?.keys.some(({ x5c }) => Array.isArray(x5c) && x5c[0] === own) ?? false;
}
