import { Global, Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { systemClock, tollgateClock, tollgateConfig, tollgateLogger, type Logger } from '@tollgate/base';
import type { TollgateConfig } from '@tollgate/config';
import { createTransports, tollgateTransports, type Transports } from '@tollgate/event-hub';
import { hubConnection } from './hub-connection.js';

/** What every module may ask for: configuration, logger, clock, and the connections to the event hub. */
@Global()
@Module({})
export class CoreModule implements OnApplicationShutdown {
  constructor(@Inject(tollgateTransports) private readonly transports: Transports) {}

  static forRoot(config: TollgateConfig, log: Logger): DynamicModule {
    const transports = createTransports({ ...hubConnection(config), log });
    return {
      module: CoreModule,
      providers: [
        { provide: tollgateConfig, useValue: config },
        { provide: tollgateLogger, useValue: log },
        { provide: tollgateClock, useValue: systemClock },
        { provide: tollgateTransports, useValue: transports },
      ],
      exports: [tollgateConfig, tollgateLogger, tollgateClock, tollgateTransports],
    };
  }

  /** The last thing: whatever flushes at shutdown does so in an earlier hook. */
  async onApplicationShutdown(): Promise<void> {
    await this.transports.closeAll();
  }
}
