import { Controller } from '@nestjs/common';
import { InvalidInputError, type FieldProblem } from '@tollgate/base';
import { Database, type RequestContext } from '@tollgate/database';
import { Body, Ctx, Operation } from '@tollgate/http';
import { adminRole } from '@tollgate/identity/domain';
import { RoleService, ScopeService, SecondFactorPolicy, SelfSignUpService } from '@tollgate/identity/server';
import { workflowExtensions } from '@tollgate/workflow/domain';
import { WorkflowSettings } from '@tollgate/workflow/server';
import { z } from 'zod';
import { adminPaths } from '../surface.js';

const scopeEntry = z.object({
  Name: z.string().min(1).max(190),
  /** Role names separated by commas. */
  Roles: z.string().max(10_000),
});
const selfSignUp = z.strictObject({
  EnableSignup: z.boolean(),
  SignUpRoles: z.array(z.string().max(190)).max(50).default(['Internal/subscriber']),
});
// Strict: a part of the tenant configuration that nothing here would obey is refused instead of lost.
const tenantConfigBody = z.strictObject({
  RESTAPIScopes: z.strictObject({ Scope: z.array(scopeEntry).max(500) }).optional(),
  WorkflowExtensions: workflowExtensions.optional(),
  SelfSignUp: selfSignUp.optional(),
  SecondFactor: z.strictObject({ RequiredForRoles: z.array(z.string().max(190)).max(50) }).optional(),
});
type TenantConfig = z.infer<typeof tenantConfigBody>;

/** Which roles give which management scopes in an organization, what in it needs approval, and who may sign up. */
@Controller(adminPaths('/tenant-config'))
export class TenantConfigController {
  constructor(
    private readonly db: Database,
    private readonly scopes: ScopeService,
    private readonly roles: RoleService,
    private readonly workflows: WorkflowSettings,
    private readonly signUps: SelfSignUpService,
    private readonly secondFactors: SecondFactorPolicy,
  ) {}

  @Operation({
    method: 'GET',
    path: '/',
    scopes: ['apim:admin'],
    summary: 'Get the configuration of the tenant: RESTAPIScopes, WorkflowExtensions, SelfSignUp, SecondFactor',
  })
  async get(@Ctx() ctx: RequestContext): Promise<TenantConfig> {
    const table = await this.scopes.scopeRoles(ctx.organization, ctx);
    const Scope = [...table].map(([Name, roles]) => ({ Name, Roles: [adminRole, ...roles].join(',') }));
    const { enabled, roles } = await this.signUps.settings(ctx);
    return {
      RESTAPIScopes: { Scope },
      WorkflowExtensions: await this.workflows.get(ctx),
      SelfSignUp: { EnableSignup: enabled, SignUpRoles: [...roles] },
      SecondFactor: { RequiredForRoles: [...(await this.secondFactors.requiredRoles(ctx))] },
    };
  }

  @Operation({
    method: 'PUT',
    path: '/',
    scopes: ['apim:admin'],
    summary: 'Set the roles of scopes and the executors of workflows; scopes that are left out stay as they are',
    body: tenantConfigBody,
  })
  async put(@Ctx() ctx: RequestContext, @Body() body: TenantConfig): Promise<TenantConfig> {
    const table = await this.checked(ctx, body);
    await this.db.transaction(ctx, async (tx) => {
      await this.scopes.setScopeRoles(tx, table);
      if (body.WorkflowExtensions) await this.workflows.set(tx, body.WorkflowExtensions);
      if (body.SecondFactor) await this.secondFactors.require(tx, body.SecondFactor.RequiredForRoles);
      if (body.SelfSignUp)
        await this.signUps.configure(tx, { enabled: body.SelfSignUp.EnableSignup, roles: body.SelfSignUp.SignUpRoles });
    });
    return this.get(ctx);
  }

  /** @throws InvalidInputError listing scopes that do not exist or come twice, and roles that do not exist */
  private async checked(ctx: RequestContext, body: TenantConfig): Promise<Map<string, string[]>> {
    const known = await this.scopes.scopeRoles(ctx.organization, ctx);
    const table = new Map<string, string[]>();
    const problems: FieldProblem[] = [];
    for (const [i, { Name, Roles }] of (body.RESTAPIScopes?.Scope ?? []).entries()) {
      const field = `RESTAPIScopes.Scope[${i}]`;
      const names = Roles.split(',').map((role) => role.trim());
      const roles = [...new Set(names)].filter((role) => role !== '' && role !== adminRole); // admin has every scope anyway
      if (!known.has(Name)) problems.push({ field: `${field}.Name`, message: `There is no scope "${Name}".` });
      if (table.has(Name)) problems.push({ field: `${field}.Name`, message: `The scope "${Name}" is given twice.` });
      table.set(Name, roles);
      for (const role of roles)
        if (!(await this.roles.exists(ctx.organization, role)))
          problems.push({ field: `${field}.Roles`, message: `There is no role "${role}".` });
    }
    if (problems.length > 0) throw new InvalidInputError(problems);
    return table;
  }
}
