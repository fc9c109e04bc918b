import { Injectable } from '@nestjs/common';
import { ApiReader, RatingService, type ApiView } from '@tollgate/api/server';
import { ForbiddenError, NotFoundError } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { EnvironmentReader } from '@tollgate/deployment/server';
import { ThrottlePolicyReader, type ThrottlePolicy } from '@tollgate/throttling/server';
import type { ApiAnswer } from '../schemas/api.js';
import { apiBodyOf } from './api.mapper.js';
import { endpointUrls, type EndpointUrls } from './endpoint-urls.js';
import { mayChoose } from './policy.mapper.js';
import { publicDefinition } from './public-definition.js';

/** APIs as subscribers and visitors see them. */
@Injectable()
export class ApiAnswers {
  constructor(
    private readonly apis: ApiReader,
    private readonly environments: EnvironmentReader,
    private readonly policies: ThrottlePolicyReader,
    private readonly ratings: RatingService,
  ) {}

  /**
   * @throws NotFoundError when there is none, or not for this caller; ForbiddenError for one that is not published yet,
   * or is retired (the answer that clients of the field know)
   */
  async visible(ctx: RequestContext, uuid: string): Promise<ApiView> {
    const found = await this.apis.findVisible(ctx, uuid);
    if (found) return found;
    const hidden = await this.apis.find(ctx, uuid);
    if (hidden && ['CREATED', 'RETIRED'].includes(hidden.lifecycleState) && hidden.visibility !== 'RESTRICTED')
      throw new ForbiddenError(
        'API_NOT_PUBLISHED',
        'This API is not open to subscribers.',
        'Ask its publisher, or use another API.',
      );
    throw new NotFoundError('API', uuid);
  }

  async whole(ctx: RequestContext, uuid: string): Promise<ApiAnswer> {
    const api = await this.visible(ctx, uuid);
    const { body } = await this.apis.getVisibleBody(ctx, uuid);
    const { text } = await this.apis.getVisibleDefinition(ctx, uuid);
    const urls = await this.urlsOf(ctx, api);
    const definition = JSON.stringify(publicDefinition(text, addresses(urls), api.basePath));
    const average = (await this.ratings.averages(ctx, [api.id])).get(api.id);
    return apiBodyOf(api, { body, definition, urls, plans: await this.plans(ctx, api), average });
  }

  /** A page of APIs in one of the contract's shapes, with the average of their ratings. */
  async listed<T>(
    ctx: RequestContext,
    apis: readonly ApiView[],
    shape: (api: ApiView, average: number | undefined) => T,
  ): Promise<T[]> {
    const averages = await this.ratings.averages(
      ctx,
      apis.map(({ id }) => id),
    );
    return apis.map((api) => shape(api, averages.get(api.id)));
  }

  /** @param environmentName of the gateways to name; all that serve it when absent */
  async definition(ctx: RequestContext, uuid: string, environmentName: string | undefined): Promise<object> {
    const api = await this.visible(ctx, uuid);
    const { text } = await this.apis.getVisibleDefinition(ctx, uuid);
    const urls = await this.urlsOf(ctx, api);
    const wanted =
      environmentName === undefined ? urls : urls.filter(({ environment }) => environment.name === environmentName);
    if (environmentName !== undefined && wanted.length === 0) throw new NotFoundError('Environment', environmentName);
    return publicDefinition(text, addresses(wanted), api.basePath);
  }

  /**
   * Where an API is served on one environment, as its subscribers see it.
   * @throws NotFoundError when it is not deployed there
   */
  async deployed(ctx: RequestContext, uuid: string, environmentName: string): Promise<EndpointUrls> {
    const urls = await this.urlsOf(ctx, await this.visible(ctx, uuid));
    const found = urls.find(({ environment }) => environment.name === environmentName);
    if (!found) throw new NotFoundError('Environment', environmentName);
    return found;
  }

  /** The plans an API offers to this caller, in its order. */
  async plans(ctx: RequestContext, api: ApiView): Promise<ThrottlePolicy[]> {
    const all = new Map((await this.policies.list(ctx, 'subscription')).map((policy) => [policy.name, policy]));
    return api.policies.flatMap((name) => all.get(name) ?? []).filter((policy) => mayChoose(policy, ctx));
  }

  private async urlsOf(ctx: RequestContext, api: ApiView): Promise<EndpointUrls[]> {
    const deployments = await this.apis.publicDeployments(ctx, api);
    return deployments.length === 0 ? [] : endpointUrls(api, deployments, await this.environments.all(ctx));
  }
}

function addresses(urls: readonly EndpointUrls[]): string[] {
  return urls.flatMap(({ URLs }) => [URLs.https, URLs.http, URLs.wss, URLs.ws].filter((url) => url !== undefined));
}
