import { Global, Module } from '@nestjs/common';
import { tollgateClock, type Clock } from '@tollgate/base';
import { Database } from '@tollgate/database';
import { GatewayRegistry } from './gateway-registry.js';
import { HubReader } from './hub-reader.js';
import { RecordWriter } from './record-writer.js';

/** Records, what is read of them, and the gateways: one instance of each per process, for every role. */
@Global()
@Module({
  providers: [
    { provide: RecordWriter, useFactory: (clock: Clock) => new RecordWriter(clock), inject: [tollgateClock] },
    { provide: HubReader, useFactory: (db: Database) => new HubReader(db), inject: [Database] },
    {
      provide: GatewayRegistry,
      useFactory: (db: Database, clock: Clock) => new GatewayRegistry(db, clock),
      inject: [Database, tollgateClock],
    },
  ],
  exports: [RecordWriter, HubReader, GatewayRegistry],
})
export class DeploymentModule {}
