import { join } from 'node:path';

/** `[output_adapter.email]` as plain values. */
export interface MailSettings {
  readonly fromAddress: string;
  readonly hostname: string;
  readonly port: number;
  readonly username: string | null;
  readonly password: string | null;
  /** Demands STARTTLS: without it nothing is sent in clear text. */
  readonly requireStartTls: boolean;
  /** TLS from the first byte. */
  readonly tls: boolean;
}

/** The part of the configuration that mail reads. */
export interface MailConfig {
  readonly tollgate: { readonly data_dir: string };
  readonly database: { readonly apim_db: { readonly type: string } };
  readonly output_adapter: {
    readonly email?:
      | {
          readonly from_address: string;
          readonly hostname: string;
          readonly port: number;
          readonly username?: string | undefined;
          readonly password?: string | undefined;
          readonly enable_start_tls: boolean;
          readonly enable_tls: boolean;
        }
      | undefined;
  };
}

/** Null when no mail is configured. */
export function mailSettings(config: Pick<MailConfig, 'output_adapter'>): MailSettings | null {
  const email = config.output_adapter.email;
  if (!email) return null;
  return {
    fromAddress: email.from_address,
    hostname: email.hostname,
    port: email.port,
    username: email.username ?? null,
    password: email.password ?? null,
    requireStartTls: email.enable_start_tls && !email.enable_tls,
    tls: email.enable_tls,
  };
}

/** Where mails are written when none are sent: in the embedded default, which is one process on one machine. Else null. */
export function mailFolder({ database, tollgate }: MailConfig): string | null {
  return database.apim_db.type === 'sqlite' ? join(tollgate.data_dir, 'mail') : null;
}
