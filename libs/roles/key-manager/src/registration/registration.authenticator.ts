import { Injectable } from '@nestjs/common';
import { UnauthenticatedError } from '@tollgate/base';
import { AuthenticatorRegistry, type Caller } from '@tollgate/http';
import { ScopeService } from '@tollgate/identity/server';
import type { FastifyRequest } from 'fastify';

/** Scheme of the registration surface. */
export const registrationScheme = 'client-registration';
const neededScope = 'apim:dcr:app_manage';

/** Basic credentials of a user, or a bearer token; either way the user's roles must give the scope of registration. */
@Injectable()
export class RegistrationAuthenticator {
  constructor(
    private readonly registry: AuthenticatorRegistry,
    private readonly scopes: ScopeService,
  ) {}

  async authenticate(request: FastifyRequest): Promise<Caller | null> {
    const isBearer = /^Bearer /i.test(request.headers.authorization ?? '');
    const caller = await this.registry.get(isBearer ? 'bearer' : 'basic')(request);
    if (!caller) return null;
    const held = isBearer
      ? caller.principal.scopes
      : await this.scopes.grantable(caller.organization, caller.principal.roles, [neededScope]);
    if (!held.includes(neededScope))
      throw new UnauthenticatedError(
        'This user may not register clients.',
        'Ask an administrator for a role that may.',
      );
    return caller;
  }
}
