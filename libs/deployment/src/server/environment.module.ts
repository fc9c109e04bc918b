import { Global, Inject, Module, type OnModuleInit } from '@nestjs/common';
import { tollgateClock, tollgateConfig, type Clock } from '@tollgate/base';
import { Database, SeedRegistry } from '@tollgate/database';
import { configuredEnvironments, type EnvironmentsConfig } from './configured-environments.js';
import { seedEnvironments } from './environment-seed.js';
import { DeploymentModule } from './deployment.module.js';
import { EnvironmentReader } from './environment.reader.js';
import { EnvironmentService } from './environment.service.js';
import { RecordWriter } from './record-writer.js';

/** Environments for every role of the process. */
@Global()
@Module({
  imports: [DeploymentModule],
  providers: [
    { provide: EnvironmentReader, useFactory: (db: Database) => new EnvironmentReader(db), inject: [Database] },
    {
      provide: EnvironmentService,
      useFactory: (db: Database, reader: EnvironmentReader, records: RecordWriter, clock: Clock) =>
        new EnvironmentService(db, reader, records, clock),
      inject: [Database, EnvironmentReader, RecordWriter, tollgateClock],
    },
  ],
  exports: [EnvironmentReader, EnvironmentService],
})
export class EnvironmentModule implements OnModuleInit {
  constructor(
    private readonly seeds: SeedRegistry,
    private readonly records: RecordWriter,
    @Inject(tollgateClock) private readonly clock: Clock,
    @Inject(tollgateConfig) private readonly config: EnvironmentsConfig,
  ) {}

  onModuleInit(): void {
    const configured = configuredEnvironments(this.config);
    const parts = { records: this.records, clock: this.clock };
    this.seeds.register(30, 'environments', (tx) => seedEnvironments(tx, configured, parts));
  }
}
