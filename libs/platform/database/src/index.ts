export { BatchLoader } from './batch-loader.js';
export { recentMs, RecentLoader } from './recent-loader.js';
export {
  BigIntColumn,
  BusinessObject,
  integerFromText,
  JsonColumn,
  LongTextColumn,
  NameColumn,
  UuidColumn,
} from './columns.js';
export { connect, createDataSource } from './data-source.js';
export type { DatabaseAddress, SchemaParts } from './data-source.js';
export { Database, isTransaction, managerOf } from './database.js';
export { DatabaseModule } from './database.module.js';
export { isDeadlock, isDuplicateKey } from './driver-errors.js';
export { migrate, schemaDrift, whileSchemaLocked } from './migrate.js';
export { systemContext } from './request-context.js';
export type { Principal, RequestContext, Transaction } from './request-context.js';
export { SeedRegistry } from './seeds.js';
export { updateVersioned } from './versioned.js';
