import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import {
  ApimError,
  guardOf,
  InvalidInputError,
  NotFoundError,
  tollgateConfig,
  tollgateLogger,
  type AddressGuard,
  type Logger,
  type NetworkConfig,
} from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { ApiAnswers } from '../mappers/api-answers.js';
import type { EndpointUrls } from '../mappers/endpoint-urls.js';
import type { TryOutAnswer, TryOutBody } from '../schemas/try-out.js';
import { gatewayAuthorities, type TryOutConfig } from './gateway-authorities.js';
import { callGateway } from './gateway-call.js';

const maxAnswerBytes = 1_000_000;
const timeoutMs = 30_000;
/** Of one user at once, in this process. */
const maxCalls = 4;

/** Calls of an API that a developer makes in the portal, relayed to the addresses where that API is deployed and to no others (ADR 0019). */
@Injectable()
export class TryOutService implements OnModuleInit {
  private readonly guard: AddressGuard;
  private readonly running = new Map<string, number>();

  constructor(
    private readonly apis: ApiAnswers,
    @Inject(tollgateConfig) private readonly config: NetworkConfig & TryOutConfig,
    @Inject(tollgateLogger) private readonly log: Logger,
  ) {
    this.guard = guardOf(config);
  }

  /** A file of authorities that cannot be used stops the start. */
  onModuleInit(): void {
    gatewayAuthorities(this.config);
  }

  /** @throws ApimError 429 when this user has too many calls under way, 502 when the gateway gives no answer */
  async call(ctx: RequestContext, apiId: string, input: TryOutBody): Promise<TryOutAnswer> {
    const deployed = await this.apis.deployed(ctx, apiId, input.environmentName);
    const url = urlOf(deployed, input);
    return this.bounded(`${ctx.organization}/${ctx.principal?.userName}`, async () => {
      const answer = await callGateway({
        method: input.method,
        url,
        ...(input.body === undefined ? {} : { body: input.body }),
        headers: headersOf(ctx, input),
        guard: deployed.environment.isReadOnly ? null : this.guard,
        authorities: gatewayAuthorities(this.config),
        maxAnswerBytes,
        timeoutMs,
      });
      const { status, durationMs } = answer;
      this.log.info(
        { event: 'api.tried_out', apiId, environment: input.environmentName, method: input.method, status, durationMs },
        'API called from the portal',
      );
      return { url: url.href, ...answer };
    });
  }

  private async bounded<T>(user: string, work: () => Promise<T>): Promise<T> {
    const before = this.running.get(user) ?? 0;
    if (before >= maxCalls)
      throw new ApimError({
        code: 'TOO_MANY_CALLS',
        status: 429,
        message: `${maxCalls} of your calls are still under way.`,
        action: 'Wait until one of them has ended.',
        retryAfterSeconds: 1,
      });
    this.running.set(user, before + 1);
    try {
      return await work();
    } finally {
      const left = (this.running.get(user) ?? 1) - 1;
      if (left === 0) this.running.delete(user);
      else this.running.set(user, left);
    }
  }
}

/** @throws InvalidInputError when the path leaves the API; NotFoundError when it is not served over that transport */
function urlOf({ environment, URLs }: EndpointUrls, { transport, path }: TryOutBody): URL {
  const base = URLs[transport];
  if (base === undefined) throw new NotFoundError('Address', `${transport} of ${environment.name}`);
  const root = new URL(base);
  const url = new URL(base + path);
  const below = root.pathname.replace(/\/$/, '');
  const isInside = url.origin === root.origin && (url.pathname === below || url.pathname.startsWith(`${below}/`));
  if (!isInside || url.username !== '' || url.password !== '')
    throw new InvalidInputError([{ field: 'path', message: 'It leaves the address of this API.' }]);
  return url;
}

/** What was given, and from whom it comes: a gateway believes that when the portal is one of its trusted proxies. */
function headersOf(ctx: RequestContext, { headers }: TryOutBody): (readonly [string, string])[] {
  const given = headers.map(({ name, value }) => [name, value] as const);
  const has = (wanted: string): boolean => given.some(([name]) => name.toLowerCase() === wanted);
  return [
    ...given,
    ...(has('accept-encoding') ? [] : [['accept-encoding', 'identity'] as const]),
    ...(ctx.address === undefined ? [] : [['x-forwarded-for', ctx.address] as const]),
  ];
}
