import { createHash, X509Certificate } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import { TLSSocket } from 'node:tls';
import { Inject, Injectable } from '@nestjs/common';
import { tollgateClock, tollgateConfig, type Clock } from '@tollgate/base';
import { clientAuthorities, type TollgateConfig } from '@tollgate/config';
import type { FastifyRequest } from 'fastify';

/** A certificate whose key the sender of a request has proved to hold. */
export interface ShownCertificate {
  readonly certificate: X509Certificate;
  /** SHA-256 of its DER form, base64url (RFC 8705 section 3.1). */
  readonly thumbprint: string;
  /** An authority of `client_ca_file` vouches for it, for clients of TLS. */
  readonly isVouchedFor: boolean;
}

/**
 * Certificates of callers of the management port: of the TLS handshake, or as a trusted proxy that ends TLS passes them on;
 * from anyone else the header is not looked at.
 */
@Injectable()
export class ClientCertificates {
  private readonly proxies = new BlockList();
  private readonly authorities: readonly X509Certificate[];
  private readonly header: string | undefined;
  /** Whether certificates can be seen at all. */
  readonly isOn: boolean;

  constructor(
    @Inject(tollgateConfig) config: TollgateConfig,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {
    const { management } = config.tollgate;
    this.header = management.client_certificate_header?.toLowerCase();
    this.isOn = management.request_client_certificate || this.header !== undefined;
    for (const entry of management.trusted_proxies) addTo(this.proxies, entry);
    this.authorities = certificatesIn(this.isOn ? (clientAuthorities(config) ?? '') : '');
  }

  /** Whether somebody vouches for certificates here: without, `tls_client_auth` is not offered. */
  get hasAuthorities(): boolean {
    return this.authorities.length > 0;
  }

  /** Null without one, with one that cannot be read, and with one that is not in its time. */
  of(request: FastifyRequest): ShownCertificate | null {
    const { socket } = request;
    // The certificate of the proxy itself is nobody's who is behind it.
    if (this.header !== undefined && this.isProxy(socket.remoteAddress))
      return this.passedOn(request.headers[this.header]);
    const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
    return certificate ? this.shown(certificate, (socket as TLSSocket).authorized) : null;
  }

  /** The proxy has seen the handshake; whether the certificate is signed by an authority of ours is looked at here. */
  private passedOn(header: string | string[] | undefined): ShownCertificate | null {
    const certificate = typeof header === 'string' ? readCertificate(header) : null;
    if (certificate === null) return null;
    const isVouchedFor = this.authorities.some(
      (authority) => authority.ca && certificate.checkIssued(authority) && certificate.verify(authority.publicKey),
    );
    return this.shown(certificate, isVouchedFor);
  }

  private shown(certificate: X509Certificate, isVouchedFor: boolean): ShownCertificate | null {
    const nowMs = this.clock.nowMs();
    if (nowMs < Date.parse(certificate.validFrom) || nowMs >= Date.parse(certificate.validTo)) return null;
    const thumbprint = createHash('sha256').update(certificate.raw).digest('base64url');
    return { certificate, thumbprint, isVouchedFor: isVouchedFor && this.hasAuthorities };
  }

  private isProxy(address: string | undefined): boolean {
    const plain = address?.replace(/^::ffff:(?=\d+\.)/i, '') ?? '';
    const family = isIP(plain);
    return family !== 0 && this.proxies.check(plain, family === 6 ? 'ipv6' : 'ipv4');
  }
}

function addTo(list: BlockList, entry: string): void {
  const [address = '', prefix] = entry.split('/');
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (prefix === undefined) list.addAddress(address, family);
  else list.addSubnet(address, Number(prefix), family);
}

/**
 * PEM, percent-encoded or with its lines joined, or the base64 of the DER form, as load balancers write it. One alone: a
 * header that was sent twice is joined, and one of the two may be the client's.
 */
function readCertificate(text: string): X509Certificate | null {
  try {
    const decoded = decodeURIComponent(text.replaceAll('+', '%2B'));
    const base64 = decoded.replaceAll(/-----(BEGIN|END) CERTIFICATE-----|\s/g, '');
    return /^[A-Za-z0-9+/]+=*$/.test(base64) ? new X509Certificate(Buffer.from(base64, 'base64')) : null;
  } catch {
    return null; // not a certificate: the client counts as having none
  }
}

function certificatesIn(pem: string): X509Certificate[] {
  return (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
    (one) => new X509Certificate(one),
  );
}
