import { Controller, Param } from '@nestjs/common';
import { ForbiddenError, superOrganization } from '@tollgate/base';
import type { RequestContext } from '@tollgate/database';
import { Body, Ctx, Operation } from '@tollgate/http';
import { signingAlgorithms } from '@tollgate/oauth/domain';
import { SigningKeyRotation, type SigningKeyView } from '@tollgate/oauth/server';
import { z } from 'zod';
import { adminPaths } from '../surface.js';

const scopes = ['apim:admin'];

export const rotationBody = z.object({
  algorithm: z.enum(signingAlgorithms, `Name one of: ${signingAlgorithms.join(', ')}.`).default('RS256'),
});
type RotationBody = z.output<typeof rotationBody>;

const keyAnswer = z.object({
  kid: z.string(),
  algorithm: z.enum(signingAlgorithms),
  /** `NEXT` is published and waits for `signsFrom`, `RETIRED` only verifies. */
  state: z.enum(['NEXT', 'ACTIVE', 'RETIRED']),
  createdAt: z.string(),
  signsFrom: z.string(),
  /** No token that it signed is valid later; it is removed then. Null: it has signed none. */
  lastTokenExpiresAt: z.string().nullable(),
});
const keyListAnswer = z.object({ count: z.number().int(), list: z.array(keyAnswer) });

/** Keys with which this installation signs tokens, of all organizations. Ours alone: the contract has nothing for them. */
@Controller(adminPaths('/signing-keys'))
export class SigningKeysController {
  constructor(private readonly keys: SigningKeyRotation) {}

  @Operation({ method: 'GET', path: '/', scopes, summary: 'List the signing keys', answer: keyListAnswer })
  async list(@Ctx() ctx: RequestContext): Promise<z.output<typeof keyListAnswer>> {
    requireSuperOrganization(ctx);
    const list = (await this.keys.list(ctx)).map(answerOf);
    return { count: list.length, list };
  }

  @Operation({
    method: 'POST',
    path: '/rotate',
    scopes,
    summary: 'Publish a new signing key that takes over after [tollgate.tokens] key_ahead_seconds',
    body: rotationBody,
    answer: keyAnswer,
  })
  async rotate(@Ctx() ctx: RequestContext, @Body() body: RotationBody): Promise<z.output<typeof keyAnswer>> {
    requireSuperOrganization(ctx);
    return answerOf(await this.keys.rotate(ctx, body.algorithm));
  }

  @Operation({
    method: 'DELETE',
    path: '/:kid',
    scopes,
    summary: 'Withdraw a key that others have seen: every token that it signed is refused from now on',
  })
  async withdraw(@Ctx() ctx: RequestContext, @Param('kid') kid: string): Promise<void> {
    requireSuperOrganization(ctx);
    await this.keys.withdraw(ctx, kid);
  }
}

function answerOf(key: SigningKeyView): z.output<typeof keyAnswer> {
  const { kid, algorithm, state } = key;
  const time = (ms: number): string => new Date(ms).toISOString();
  const lastTokenExpiresAt = key.lastExpiresAt === 0 ? null : time(key.lastExpiresAt);
  return { kid, algorithm, state, createdAt: time(key.createdAt), signsFrom: time(key.signsFrom), lastTokenExpiresAt };
}

function requireSuperOrganization(ctx: RequestContext): void {
  if (ctx.organization === superOrganization) return;
  throw new ForbiddenError(
    'KEYS_OF_ALL',
    'Signing keys belong to the whole installation.',
    `Ask as an administrator of ${superOrganization}.`,
  );
}
