import { z } from 'zod';
import { apim } from './sections/apim.js';
import { oauth, outputAdapter } from './sections/oauth.js';
import { database, server, superAdmin } from './sections/server.js';
import { tollgate } from './sections/tollgate.js';

/** The whole of `deployment.toml`. Names are the field's own; what is ours alone is under `[tollgate]`. */
export const configSchema = z.strictObject({
  server: server.prefault({}),
  super_admin: superAdmin.prefault({}),
  database: database.prefault({}),
  apim: apim.prefault({}),
  oauth: oauth.prefault({}),
  output_adapter: outputAdapter.prefault({}),
  tollgate: tollgate.prefault({}),
});

/** `deployment.toml` with defaults filled in. */
export type TollgateConfig = z.output<typeof configSchema>;
