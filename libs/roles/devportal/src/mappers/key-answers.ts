import { Injectable } from '@nestjs/common';
import { KeyService } from '@tollgate/application/server';
import type { RequestContext } from '@tollgate/database';
import type { ApplicationKeyAnswer } from '../schemas/key.js';
import { keyAnswer } from './key.mapper.js';

/** OAuth keys as an application's own answer shows them. */
@Injectable()
export class KeyAnswers {
  constructor(private readonly keys: KeyService) {}

  async withoutSecrets(ctx: RequestContext, applicationUuid: string): Promise<ApplicationKeyAnswer[]> {
    const all = await this.keys.list(ctx, applicationUuid);
    return all.map((details) => {
      const { consumerSecret: _, ...rest } = keyAnswer(details);
      return rest;
    });
  }
}
