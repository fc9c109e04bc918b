import { Controller, Param, Res, type Type } from '@nestjs/common';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, IfMatch, Operation } from '@tollgate/http';
import {
  ThrottlePolicyReader,
  ThrottlePolicyService,
  type ThrottlePolicy,
  type ThrottlePolicyInput,
} from '@tollgate/throttling/server';
import type { FastifyReply } from 'fastify';
import { adminBase, adminPaths } from '../surface.js';
import type { PolicyShape } from './policy-bodies.js';

const view = ['apim:admin', 'apim:tier_view', 'apim:tier_manage'];
const manage = ['apim:admin', 'apim:tier_manage'];

/** The same five operations for each level of policies. */
export function policyController(shape: PolicyShape): Type<unknown> {
  const { level, body } = shape;
  const path = `/throttling/policies/${level}`;
  const answer = (policy: ThrottlePolicy, reply: FastifyReply): object => {
    void reply.header('etag', `"${policy.rowVersion}"`);
    return shape.answer(policy);
  };

  @Controller(adminPaths(path))
  class PolicyController {
    constructor(
      private readonly policies: ThrottlePolicyService,
      private readonly reader: ThrottlePolicyReader,
    ) {}

    @Operation({ method: 'GET', path: '/', scopes: view, summary: `List the ${level} policies` })
    async list(@Ctx() ctx: RequestContext): Promise<object> {
      const list = (await this.reader.list(ctx, level)).map((policy) => shape.answer(policy));
      return { count: list.length, list };
    }

    @Operation({ method: 'POST', path: '/', scopes: manage, summary: `Make an ${level} policy`, body })
    async create(
      @Ctx() ctx: RequestContext,
      @Body() input: ThrottlePolicyInput,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<object> {
      const policy = await this.policies.create(ctx, level, input);
      void reply.header('location', `${adminBase}${path}/${policy.uuid}`);
      return answer(policy, reply);
    }

    @Operation({ method: 'GET', path: '/:policyId', scopes: view, summary: `Get an ${level} policy` })
    async get(
      @Ctx() ctx: RequestContext,
      @Param('policyId') uuid: string,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<object> {
      return answer(await this.policies.get(ctx, level, uuid), reply);
    }

    @Operation({ method: 'PUT', path: '/:policyId', scopes: manage, summary: `Change an ${level} policy`, body })
    async update(
      @Ctx() ctx: RequestContext,
      @Param('policyId') uuid: string,
      @Body() input: ThrottlePolicyInput,
      @IfMatch() version: number | undefined,
      @Res({ passthrough: true }) reply: FastifyReply,
    ): Promise<object> {
      return answer(await this.policies.update(ctx, level, uuid, input, version), reply);
    }

    @Operation({ method: 'DELETE', path: '/:policyId', scopes: manage, summary: `Delete an ${level} policy` })
    async delete(
      @Ctx() ctx: RequestContext,
      @Param('policyId') uuid: string,
      @IfMatch() version: number | undefined,
    ): Promise<void> {
      await this.policies.delete(ctx, level, uuid, version);
    }
  }
  // Distinct names keep the operations of the three apart in logs and in the OpenAPI document.
  Object.defineProperty(PolicyController, 'name', { value: `${level}PolicyController` });
  return PolicyController;
}
