import { Global, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from '@tollgate/base';
import { connect, createDataSource, type DatabaseAddress, type SchemaParts } from './data-source.js';
import { Database } from './database.js';
import { migrate, whileSchemaLocked } from './migrate.js';
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
        const dataSource = await connect(createDataSource(options.address, options.schema), options.address);
        await whileSchemaLocked(dataSource, () => migrate(dataSource));
        return new Database(dataSource, options.log);
      },
    };
    return { module: DatabaseModule, providers: [database, SeedRegistry], exports: [Database, SeedRegistry] };
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.db.dataSource.isInitialized) await this.db.dataSource.destroy();
  }
}
