import { Controller } from '@nestjs/common';
import type { RequestContext } from '@tollgate/database';
import { Ctx, Operation } from '@tollgate/http';
import { maxPasswordLength } from '@tollgate/identity/domain';
import { PasswordPolicy, SelfSignUpService } from '@tollgate/identity/server';
import { z } from 'zod';
import { devportalBase } from './base.js';

const signUpAnswer = z.object({
  /** Whether visitors may make their own account, with POST /scim2/Me. */
  enabled: z.boolean(),
  passwordPolicyMinLength: z.number().int(),
  passwordPolicyMaxLength: z.number().int(),
});

/** What a visitor needs to know before making an account. */
@Controller(devportalBase)
export class SignUpController {
  constructor(
    private readonly signUps: SelfSignUpService,
    private readonly passwords: PasswordPolicy,
  ) {}

  @Operation({
    method: 'GET',
    path: '/sign-up',
    auth: 'public',
    summary: 'Whether people may sign up here, and what a password needs',
    answer: signUpAnswer,
  })
  async settings(@Ctx() ctx: RequestContext): Promise<z.output<typeof signUpAnswer>> {
    const { enabled } = await this.signUps.settings(ctx);
    return {
      enabled,
      passwordPolicyMinLength: this.passwords.minLength,
      passwordPolicyMaxLength: maxPasswordLength,
    };
  }
}
