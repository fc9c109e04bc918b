import { z } from 'zod';

/**
 * Record kind `endpoint-certificate`, id = its uuid: a certificate that gateways trust when APIs of this organization call
 * this host over TLS, beside the well-known authorities (publisher contract, `/endpoint-certificates`).
 */
export const endpointCertificateRecordSchema = z.object({
  uuid: z.string(),
  organization: z.string(),
  alias: z.string(),
  /** `host`, or `host:port` where that is not 443. */
  host: z.string(),
  /** Of an authority, or of the back end itself. */
  pem: z.string(),
});
export type EndpointCertificateRecord = z.infer<typeof endpointCertificateRecordSchema>;
