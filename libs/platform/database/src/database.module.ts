import { Global, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from '@tollgate/base';
import { connect, createDataSource, type DatabaseAddress, type SchemaParts } from './data-source.js';
import { Database } from './database.js';
import { migrate, whileSchemaLocked } from './migrate.js';
import { MysqlWatch } from './mysql-watch.js';
import { SeedRegistry } from './seeds.js';

/** Gives every module `Database` and `SeedRegistry`. Connects and migrates before anything else is made. */
@Global()
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(private readonly db: Database) {}

  static forRoot(options: { address: DatabaseAddress; schema: SchemaParts; log: Logger }): DynamicModule {
    const database = {
      provide: Database,
      useFactory: async (): Promise<Database> => {
        const { address, log } = options;
        const dataSource = createDataSource(address, options.schema);
        const watch = address.type === 'sqlite' ? null : new MysqlWatch(dataSource, address.url, log);
        await connect(dataSource, address);
        await whileSchemaLocked(dataSource, () => migrate(dataSource));
        watch?.start();
        return new Database(dataSource, log, watch);
      },
    };
    return { module: DatabaseModule, providers: [database, SeedRegistry], exports: [Database, SeedRegistry] };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.db.close();
  }
}
