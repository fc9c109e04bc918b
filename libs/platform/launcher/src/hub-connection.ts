import { readFileSync } from 'node:fs';
import { StartupError } from '@tollgate/base';
import type { TollgateConfig } from '@tollgate/config';
import type { TransportsOptions } from '@tollgate/event-hub';

/**
 * How this process connects to brokers.
 * @throws StartupError when the file of authorities cannot be read
 */
export function hubConnection(config: TollgateConfig): Omit<TransportsOptions, 'log'> {
  const { exchange_prefix: prefix, ca_file: caFile, queue_type: queueType } = config.tollgate.event_hub;
  const credentials = {
    username: config.apim.event_hub.username ?? config.super_admin.username,
    password: config.apim.event_hub.password ?? config.super_admin.password ?? '',
  };
  return { prefix, credentials, queueType, ...(caFile === undefined ? {} : { ca: readAuthorities(caFile) }) };
}

function readAuthorities(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new StartupError([
      `Cannot read ${file}, named by [tollgate.event_hub] ca_file. Check the path and the permissions.`,
    ]);
  }
  // An empty or wrong file would be taken without a word, and every broker refused later.
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw new StartupError([`${file}, named by [tollgate.event_hub] ca_file, holds no PEM certificate.`]);
  }
  return text;
}
