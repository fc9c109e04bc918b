import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { hostOfEndpoint } from '@tollgate/api/domain';
import { StartupError } from '@tollgate/base';
import type { TollgateConfig } from '@tollgate/config';
import type { BackEndTls } from '@tollgate/gateway';
import { readPem } from './read-pem.js';

type Entry = TollgateConfig['tollgate']['gateway']['back_end_tls'][number];

/**
 * What `[[tollgate.gateway.back_end_tls]]` says; files are read at start.
 * @throws StartupError naming the entry and what to change
 */
export function configuredBackEndTls(config: TollgateConfig): BackEndTls[] {
  return config.tollgate.gateway.back_end_tls.map(read);
}

function read(entry: Entry): BackEndTls {
  const { endpoint, ca_file: caFile, cert_file: certFile, key_file: keyFile, organizations } = entry;
  const refuse = (what: string): StartupError =>
    new StartupError([`[[tollgate.gateway.back_end_tls]] of "${endpoint}": ${what}`]);
  if ((certFile === undefined) !== (keyFile === undefined))
    throw refuse('Set both cert_file and key_file, or neither.');
  if (caFile === undefined && certFile === undefined) throw refuse('Set ca_file, or cert_file and key_file.');
  const identity = certFile && keyFile ? { cert: readPem(certFile), key: readPem(keyFile) } : null;
  const ca = caFile === undefined ? null : readPem(caFile);
  try {
    if (ca !== null) new X509Certificate(ca); // a secure context takes any text for an authority
    createSecureContext({ ...identity });
  } catch (error) {
    throw refuse(`The files cannot be used together (${(error as Error).message}). Write them as PEM.`);
  }
  return {
    host: hostOf(endpoint, refuse),
    ...(ca === null ? {} : { ca }),
    ...(identity === null ? {} : { identity }),
    ...(organizations === undefined ? {} : { organizations }),
  };
}

function hostOf(endpoint: string, refuse: (what: string) => StartupError): string {
  try {
    return hostOfEndpoint(endpoint);
  } catch {
    throw refuse('Write endpoint as an https URL, or as host and port.');
  }
}
