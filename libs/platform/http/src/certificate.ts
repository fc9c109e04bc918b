import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartupError } from '@tollgate/base';
import { generate } from 'selfsigned';

export interface Certificate {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
  /** True when it was made here and clients must be told to accept it. */
  readonly selfSigned: boolean;
}

/**
 * The configured certificate, or a self-signed one that is made once and kept in `folder`.
 * @param name file name without ending, and who uses it: `management`, `gateway`
 * @throws StartupError when a configured file cannot be read
 */
export async function loadOrMakeCertificate(options: {
  certFile?: string;
  keyFile?: string;
  folder: string;
  name: string;
  hostname: string;
}): Promise<Certificate> {
  if (options.certFile && options.keyFile)
    return { cert: readPem(options.certFile), key: readPem(options.keyFile), selfSigned: false };
  const certFile = join(options.folder, `${options.name}.crt`);
  const keyFile = join(options.folder, `${options.name}.key`);
  if (existsSync(certFile) && existsSync(keyFile))
    return { cert: readPem(certFile), key: readPem(keyFile), selfSigned: true };
  const made = await generate([{ name: 'commonName', value: options.hostname }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + 825 * 24 * 3600 * 1000),
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: options.hostname },
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  mkdirSync(options.folder, { recursive: true });
  writeWhole(keyFile, made.private, 0o600);
  writeWhole(certFile, made.cert, 0o644);
  return { cert: made.cert, key: made.private, selfSigned: true };
}

function writeWhole(file: string, text: string, mode: number): void {
  writeFileSync(`${file}.new`, text, { mode });
  renameSync(`${file}.new`, file);
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new StartupError([
      `Cannot read the certificate file ${file}. Check the path and the permissions, or leave both tls_cert_file and tls_key_file out to have one made.`,
    ]);
  }
}
