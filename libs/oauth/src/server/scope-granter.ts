import { Injectable } from '@nestjs/common';
import { isManagementScope } from '@tollgate/identity/domain';
import { ScopeService } from '@tollgate/identity/server';
import { RE2JS } from 're2js';
import { isFreeScope } from '../domain/index.js';
import type { ClientView } from './client.service.js';
import { OAuthSettings } from './oauth-settings.js';

/** Roles bound to the scopes of APIs: name → roles, empty for "anybody"; a name that is absent does not exist. */
export type ApiScopeSource = (
  organization: string,
  names: readonly string[],
) => Promise<ReadonlyMap<string, readonly string[]>>;

/** What people read about a scope when they consent; '' where nothing is said. */
export interface ApiScopeText {
  readonly displayName: string;
  readonly description: string;
}

type ApiScopeTexts = (organization: string, names: readonly string[]) => Promise<ReadonlyMap<string, ApiScopeText>>;

/** Where the scopes of APIs come from: the api domain registers itself. */
@Injectable()
export class ApiScopeSources {
  private readonly sources: ApiScopeSource[] = [];
  private readonly texts: ApiScopeTexts[] = [];

  register(source: ApiScopeSource, texts?: ApiScopeTexts): void {
    this.sources.push(source);
    if (texts) this.texts.push(texts);
  }

  async describe(organization: string, names: readonly string[]): Promise<ReadonlyMap<string, ApiScopeText>> {
    const found = await Promise.all(this.texts.map((texts) => texts(organization, names)));
    return new Map(found.flatMap((texts) => [...texts]));
  }

  async find(organization: string, names: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const found = await Promise.all(this.sources.map((source) => source(organization, names)));
    return new Map(found.flatMap((scopes) => [...scopes]));
  }
}

/** Decides which scopes a token gets. */
@Injectable()
export class ScopeGranter {
  private readonly allowed: readonly RE2JS[];

  constructor(
    private readonly management: ScopeService,
    private readonly apiScopes: ApiScopeSources,
    settings: OAuthSettings,
  ) {
    this.allowed = settings.allowedScopes.map((text) => RE2JS.compile(text));
  }

  private isFree(scope: string): boolean {
    return isFreeScope(scope) || this.allowed.some((pattern) => pattern.matcher(scope).find());
  }

  /**
   * The part of `requested` that may be given, in the order asked. Management scopes come from roles, and only for
   * clients without an application; scopes of APIs come from the roles that the API binds, and only for applications.
   * @param roles of the user, or of the client's owner when it acts for itself
   */
  async grant(
    client: ClientView,
    organization: string,
    roles: readonly string[],
    requested: readonly string[],
  ): Promise<string[]> {
    const wanted = [...new Set(requested)];
    const given =
      client.applicationUuid === null
        ? await this.management.grantable(organization, roles, wanted.filter(isManagementScope))
        : await this.grantApiScopes(
            organization,
            roles,
            wanted.filter((scope) => !isManagementScope(scope)),
          );
    const granted = new Set(given);
    return wanted.filter((scope) => granted.has(scope) || this.isFree(scope));
  }

  private async grantApiScopes(
    organization: string,
    roles: readonly string[],
    names: readonly string[],
  ): Promise<string[]> {
    const bound = await this.apiScopes.find(
      organization,
      names.filter((name) => !this.isFree(name)),
    );
    const mayHave = (needed: readonly string[]): boolean =>
      needed.length === 0 || needed.some((role) => roles.includes(role));
    return [...bound].filter(([, needed]) => mayHave(needed)).map(([name]) => name);
  }
}
