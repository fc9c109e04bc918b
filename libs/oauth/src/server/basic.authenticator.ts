import { Injectable } from '@nestjs/common';
import { UnauthenticatedError } from '@tollgate/base';
import { basicCredentials, type Caller } from '@tollgate/http';
import { adminRole, parseUserName } from '@tollgate/identity/domain';
import { SignInService } from '@tollgate/identity/server';
import type { FastifyRequest } from 'fastify';
import { presentedToken, BearerAuthenticator } from './bearer.authenticator.js';

const adminScope = 'apim:admin';

/** Callers who send a user's name and password (RFC 7617). The name may be qualified: `ann@tenant.example`. */
@Injectable()
export class BasicAuthenticator {
  constructor(
    private readonly signIn: SignInService,
    private readonly bearer: BearerAuthenticator,
  ) {}

  /** Scheme `basic`: any active user. @throws UnauthenticatedError for a wrong name or password, TooManySignInsError */
  async authenticate(request: FastifyRequest): Promise<Caller | null> {
    if (request.headers.authorization === undefined) return null;
    const credentials = basicCredentials(request);
    if (!credentials)
      throw new UnauthenticatedError('Basic credentials are needed.', 'Send the name and password of a user.');
    const { userName, organization } = parseUserName(credentials[0]);
    const given = { organization, userName, password: credentials[1], address: request.ip };
    const user = await this.signIn.withPassword(given);
    if (!user)
      throw new UnauthenticatedError(
        'The user name or the password is wrong.',
        'Correct them and send the request again.',
      );
    return { organization: user.organization, principal: { userName: user.userName, roles: user.roles, scopes: [] } };
  }

  /** Scheme `basic-admin`: a user who holds the role `admin`. */
  async authenticateAdmin(request: FastifyRequest): Promise<Caller | null> {
    const caller = await this.authenticate(request);
    if (caller && !caller.principal.roles.includes(adminRole))
      throw new UnauthenticatedError(
        'This user is no administrator.',
        'Send the credentials of a user with the role admin.',
      );
    return caller;
  }

  /** Scheme `admin`: Basic credentials of an administrator, or a bearer token with `apim:admin`. */
  async authenticateAdminOrBearer(request: FastifyRequest): Promise<Caller | null> {
    if (presentedToken(request) === null) return this.authenticateAdmin(request);
    const caller = await this.bearer.authenticate(request);
    if (caller && !caller.principal.scopes.includes(adminScope))
      throw new UnauthenticatedError('The access token lacks a needed scope.', `Ask for a token with ${adminScope}.`);
    return caller;
  }
}
