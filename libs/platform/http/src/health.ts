import { Controller, Injectable, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Operation } from './operation.js';

export interface Health {
  /** `degraded` serves, but something that should be there is away. `down` must not get traffic. */
  readonly state: 'ok' | 'degraded' | 'down';
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Parts of the process report here; the worst of them is the answer of `/readyz`. */
@Injectable()
export class HealthRegistry {
  private readonly parts = new Map<string, () => Health | Promise<Health>>();
  private draining = false;

  register(part: string, check: () => Health | Promise<Health>): void {
    this.parts.set(part, check);
  }

  /** From now on `/readyz` answers 503, so that load balancers leave before the listeners close. */
  startDraining(): void {
    this.draining = true;
  }

  async check(): Promise<{ state: Health['state']; parts: Record<string, Health> }> {
    const parts: Record<string, Health> = {};
    for (const [name, check] of this.parts) parts[name] = await check();
    if (this.draining) parts['process'] = { state: 'down', detail: { reason: 'shutting down' } };
    const states = Object.values(parts).map((part) => part.state);
    return { state: states.includes('down') ? 'down' : states.includes('degraded') ? 'degraded' : 'ok', parts };
  }
}

@Controller('/')
export class HealthController {
  constructor(private readonly health: HealthRegistry) {}

  @Operation({ method: 'GET', path: '/healthz', auth: 'public', summary: 'The process runs' })
  alive(): { state: string } {
    return { state: 'ok' };
  }

  @Operation({ method: 'GET', path: '/readyz', auth: 'public', summary: 'The process may get traffic; 503 when not' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const health = await this.health.check();
    void reply.status(health.state === 'down' ? 503 : 200);
    return health;
  }
}
