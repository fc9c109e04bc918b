import { createHash, X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { HeaderList } from '../pipeline/header-list.js';
import type { ClientAddressReader } from './client-address.js';

/** A header with a certificate is parsed once per text; this many are remembered. */
const mostRemembered = 1_000;

/**
 * Which certificate a client has proven to hold: in the TLS handshake of its connection, or at a load balancer that ends
 * TLS and is a trusted proxy; from anyone else the header is not looked at (requirement R-45). What is told is the
 * thumbprint of RFC 8705 section 3.1; whether it may be used is the token's or the API's to say.
 */
export class ClientCertificateReader {
  readonly #remembered = new Map<string, string>();
  readonly #header: string | null;

  /** @param header name of the load balancer's field, `null` when none is believed */
  constructor(
    private readonly addresses: ClientAddressReader,
    header: string | null,
  ) {
    this.#header = header === null ? null : header.toLowerCase();
  }

  /** Thumbprint of the certificate of the connection itself, empty without one. */
  ofConnection(socket: Socket): string {
    const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
    return certificate ? thumbprintOf(certificate) : '';
  }

  /** Thumbprint of the certificate of the request's client, empty without one or with one that cannot be read. */
  ofRequest(ofConnection: string, peer: string, headers: HeaderList): string {
    if (this.#header === null || !this.addresses.isTrustedPeer(peer)) return ofConnection;
    const texts = headers.all(this.#header);
    if (texts.length !== 1) return texts.length === 0 ? ofConnection : '';
    const [text = ''] = texts;
    const known = this.#remembered.get(text);
    if (known !== undefined) return known;
    const thumbprint = thumbprintOfText(text);
    if (this.#remembered.size >= mostRemembered) this.#remembered.clear();
    this.#remembered.set(text, thumbprint);
    return thumbprint;
  }
}

function thumbprintOf({ raw }: X509Certificate): string {
  return createHash('sha256').update(raw).digest('base64url');
}

/** PEM, percent-encoded or with its lines joined, or the base64 of the DER form, as load balancers write it. */
function thumbprintOfText(text: string): string {
  try {
    const decoded = decodeURIComponent(text.replaceAll('+', '%2B'));
    const base64 = decoded.replaceAll(/-----(BEGIN|END) CERTIFICATE-----|\s/g, '');
    return thumbprintOf(new X509Certificate(Buffer.from(base64, 'base64')));
  } catch {
    return ''; // not a certificate: the client counts as having none
  }
}
