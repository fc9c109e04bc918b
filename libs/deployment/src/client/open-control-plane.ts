import { readFileSync } from 'node:fs';
import { StartupError } from '@tollgate/base';
import type { ControlPlaneClient } from './control-plane-client.js';
import { HttpControlPlane } from './http-control-plane.js';

export interface ControlPlaneAddress {
  /** `undefined`: the control plane runs in this process. */
  readonly url: string | undefined;
  /** PEM file with further authorities to trust. */
  readonly caFile: string | undefined;
  readonly credentials: { readonly username: string; readonly password: string };
}

/**
 * The control plane over HTTP, or the one in this process.
 * @param findLocal finds what is provided as `localControlPlane`; throws when nothing is
 * @throws StartupError when there is neither, or the certificate file cannot be read
 */
export function openControlPlane(
  { url, caFile, credentials }: ControlPlaneAddress,
  findLocal: () => ControlPlaneClient,
): ControlPlaneClient {
  if (url === undefined) return localOne(findLocal);
  return new HttpControlPlane({ baseUrls: [url], credentials, ...(caFile ? { ca: readCertificates(caFile) } : {}) });
}

function localOne(find: () => ControlPlaneClient): ControlPlaneClient {
  try {
    return find();
  } catch {
    throw new StartupError([
      '[apim.event_hub] service_url is missing: name the control plane, or run the role event-hub in this process too.',
    ]);
  }
}

function readCertificates(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw new StartupError([
      `Cannot read ${file}, named by [tollgate.event_hub] control_plane_ca_file. Check the path and the permissions.`,
    ]);
  }
}
