import { Module } from '@nestjs/common';
import { GatewayAdminController } from './gateway-admin.controller.js';
import { GatewayRuntime } from './gateway-runtime.js';

/** Starts and stops the gateway, follows the hub, and serves its management endpoints; no API request passes through Nest. */
@Module({ controllers: [GatewayAdminController], providers: [GatewayRuntime], exports: [GatewayRuntime] })
export class GatewayModule {}
