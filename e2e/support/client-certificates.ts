import {
  certificateJwk,
  makeAuthority,
  makeCertificate,
  thumbprintOf,
  type CertificateAndKey,
} from '@tollgate/testing';
import * as client from 'openid-client';
import { Agent, fetch } from 'undici';
import type { CertificateMethod, CertifiedClient } from './oauth-server.js';

/** An authority with the certificates of two clients, and one that signs itself. */
export interface ClientCertificates {
  readonly authority: string;
  readonly of: Readonly<Record<CertificateMethod, CertificateAndKey>>;
  readonly another: CertificateAndKey;
  /** How the client of the method is registered. */
  metadata(method: CertificateMethod): Partial<client.ClientMetadata>;
}

const subject = (value: string) => [{ name: 'commonName', value }];

export async function makeClientCertificates(): Promise<ClientCertificates> {
  const authority = await makeAuthority('Authority of clients');
  const of = {
    tls_client_auth: await makeCertificate(subject('orders'), { by: authority }),
    self_signed_tls_client_auth: await makeCertificate(subject('alone')),
  };
  return {
    authority: authority.cert,
    of,
    another: await makeCertificate(subject('another'), { by: authority }),
    metadata: (method) => ({
      token_endpoint_auth_method: method,
      tls_client_certificate_bound_access_tokens: true,
      ...(method === 'tls_client_auth'
        ? { tls_client_auth_subject_dn: 'CN=orders' }
        : { jwks: { keys: [certificateJwk(of[method])] } }),
    }),
  };
}

/** The client over connections that show its certificate. */
export async function certifiedClient(
  issuer: URL,
  id: string,
  method: CertificateMethod,
  { of, another }: ClientCertificates,
): Promise<CertifiedClient> {
  const agents: Agent[] = [];
  const discovered = (shown: CertificateAndKey) => {
    const agent = new Agent({ connect: { rejectUnauthorized: false, ...shown } });
    agents.push(agent);
    const over = ((url: string, options: object) =>
      fetch(url, { ...options, dispatcher: agent })) as client.CustomFetch;
    return client.discovery(issuer, id, {}, client.TlsClientAuth(), { [client.customFetch]: over });
  };
  return {
    config: await discovered(of[method]),
    withAnother: await discovered(another),
    thumbprint: thumbprintOf(of[method]),
    close: async () => void (await Promise.all(agents.map((agent) => agent.close()))),
  };
}
