import type { DynamicModule, Type } from '@nestjs/common';
import type { TollgateConfig } from '@tollgate/config';

export const roleNames = [
  'publisher',
  'devportal',
  'admin',
  'key-manager',
  'event-hub',
  'traffic-manager',
  'gateway',
] as const;
export type RoleName = (typeof roleNames)[number];

/** One of Tollgate's parts. A process runs one or several. */
export interface Role {
  readonly name: RoleName;
  /** `database`: opens the shared database (never the case for traffic managers and gateways). `jobs`: runs and enqueues jobs. */
  readonly needs: readonly ('database' | 'jobs')[];
  readonly module: (config: TollgateConfig) => Type<unknown> | DynamicModule;
}
