import { join } from 'node:path';
import type { TollgateConfig } from '@tollgate/config';
import type { DatabaseAddress } from '@tollgate/database';

/** Where `[database.apim_db]` points. */
export function databaseAddress(config: TollgateConfig): DatabaseAddress {
  const db = config.database.apim_db;
  if (db.type === 'sqlite') return { type: 'sqlite', file: db.file ?? join(config.tollgate.data_dir, 'tollgate.db') };
  const url =
    db.url ??
    `mysql://${encodeURIComponent(db.username ?? '')}:${encodeURIComponent(db.password ?? '')}@${db.hostname ?? 'localhost'}:${db.port ?? 3306}/${db.name ?? 'apim_db'}`;
  return { type: db.type, url, poolSize: db.pool_size };
}
