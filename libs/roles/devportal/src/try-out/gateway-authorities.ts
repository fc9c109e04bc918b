import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { StartupError } from '@tollgate/base';

export interface TryOutConfig {
  readonly tollgate: { readonly data_dir: string; readonly try_out: { readonly ca_file?: string | undefined } };
}

/**
 * PEM certificates that gateways may be known by: the public authorities, those of `[tollgate.try_out] ca_file`, and the
 * certificate that a gateway in this same process made for itself.
 * @throws StartupError when the file that is named cannot be used
 */
export function gatewayAuthorities({ tollgate }: TryOutConfig): readonly string[] {
  const own = join(tollgate.data_dir, 'tls', 'gateway.crt');
  return [
    ...rootCertificates,
    ...configured(tollgate.try_out.ca_file),
    ...(existsSync(own) ? [readFileSync(own, 'utf8')] : []),
  ];
}

function configured(file: string | undefined): readonly string[] {
  if (file === undefined) return [];
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new StartupError([
      `Cannot read ${file}, named by [tollgate.try_out] ca_file. Check the path and the permissions.`,
    ]);
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw new StartupError([`${file}, named by [tollgate.try_out] ca_file, holds no PEM certificate.`]);
  return [text];
}
