import { Global, Module } from '@nestjs/common';
import { tollgateClock, type Clock } from '@tollgate/base';
import { Database } from '@tollgate/database';
import { localControlPlane } from '../client/index.js';
import { GatewayRegistry } from './gateway-registry.js';
import { HubReader } from './hub-reader.js';
import { LocalControlPlane } from './local-control-plane.js';
import { NodeRegistry } from './node-registry.js';
import { RecordWriter } from './record-writer.js';
import { TokenSource } from './token-source.js';

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
    {
      provide: NodeRegistry,
      useFactory: (db: Database, hub: HubReader, clock: Clock) => new NodeRegistry(db, hub, clock),
      inject: [Database, HubReader, tollgateClock],
    },
    { provide: TokenSource, useFactory: () => new TokenSource() },
    {
      provide: localControlPlane,
      useFactory: (hub: HubReader, gateways: GatewayRegistry, nodes: NodeRegistry, tokens: TokenSource) =>
        new LocalControlPlane(hub, gateways, nodes, tokens),
      inject: [HubReader, GatewayRegistry, NodeRegistry, TokenSource],
    },
  ],
  exports: [RecordWriter, HubReader, GatewayRegistry, NodeRegistry, TokenSource, localControlPlane],
})
export class DeploymentModule {}
