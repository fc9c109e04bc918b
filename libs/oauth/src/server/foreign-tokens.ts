import { Inject, Injectable } from '@nestjs/common';
import { tollgateClock, type Clock } from '@tollgate/base';
import { Database } from '@tollgate/database';
import { OrganizationReader } from '@tollgate/identity/server';
import {
  foreignUser,
  importPublicJwk,
  isOfClientItself,
  isSignedBy,
  parseJwt,
  textClaim,
  timeClaim,
  userClaimOf,
  type ClaimSource,
  type ForeignJwk,
  type ParsedJwt,
} from '../domain/index.js';
import { KeyManager } from './key-manager.entity.js';
import { OAuthSettings } from './oauth-settings.js';
import { OneTimeIds } from './one-time-ids.js';

/** A user whom an external key manager vouches for, and how far. */
export interface ForeignSubject {
  readonly user: ClaimSource;
  readonly keyManager: string;
  /** That it gave. */
  readonly scopes: readonly string[];
  readonly expiresAtMs: number;
}

/** The token is none that is taken; `message` may be shown. */
export class ForeignTokenError extends Error {}

const skewMs = 30_000;
/** An assertion is made for one request: whoever finds one later cannot use it (RFC 7521 section 8.2). */
const maxAssertionLifeMs = 3_600_000;
const maxSubjectLength = 200;

/**
 * Tokens of the external key managers of an organization that stand in for a sign-in here: those that an administrator
 * has set to EXCHANGED or BOTH.
 */
@Injectable()
export class ForeignTokens {
  constructor(
    private readonly db: Database,
    private readonly settings: OAuthSettings,
    private readonly ids: OneTimeIds,
    private readonly organizations: OrganizationReader,
    @Inject(tollgateClock) private readonly clock: Clock,
  ) {}

  /**
   * The subject of an assertion (RFC 7523 section 3), which counts once in the whole installation.
   * @throws ForeignTokenError
   */
  async ofAssertion(organization: string, text: string): Promise<ForeignSubject> {
    const { jwt, row, subject } = await this.verified(organization, text);
    if (subject.expiresAtMs > this.clock.nowMs() + maxAssertionLifeMs + skewMs)
      throw new ForeignTokenError('The assertion lives longer than an hour.');
    const jti = textClaim(jwt.claims, 'jti');
    if (jti === null || jti.length > 500) throw new ForeignTokenError('The assertion has no usable jti.');
    const purpose = `assertion ${organization} ${row.settings.issuer}`;
    if (!(await this.ids.use(purpose, jti, subject.expiresAtMs + skewMs)))
      throw new ForeignTokenError('The assertion was used already.');
    return subject;
  }

  /**
   * The subject of a token that is exchanged (RFC 8693); it may be exchanged again.
   * @throws ForeignTokenError
   */
  async ofSubjectToken(organization: string, text: string): Promise<ForeignSubject> {
    return (await this.verified(organization, text)).subject;
  }

  /** Whether users of this key manager still count; null when it is gone, switched off or no longer exchanged. */
  async standing(organization: string, keyManager: string, userName: string): Promise<ClaimSource | null> {
    const row = await this.db.manager.findOneBy(KeyManager, { organization, name: keyManager });
    if (!row || !isExchanged(row) || !userName.startsWith(`${keyManager}/`)) return null;
    if (!(await this.organizations.find(organization))?.active) return null;
    return foreignUser(keyManager, userName.slice(keyManager.length + 1), organization);
  }

  private async verified(organization: string, text: string) {
    const jwt = parseJwt(text);
    const issuer = jwt && textClaim(jwt.claims, 'iss');
    if (!jwt || issuer === null) throw new ForeignTokenError('It is no signed JWT with an issuer.');
    const rows = await this.db.manager.findBy(KeyManager, { organization, enabled: true });
    const row = rows.find((each) => isExchanged(each) && each.settings.issuer === issuer);
    if (!row) throw new ForeignTokenError('The issuer is not trusted here.');
    if (!candidates(row.keys as ForeignJwk[], jwt.header['kid']).some((key) => isSignedBy(jwt, key)))
      throw new ForeignTokenError('The signature is not that of the issuer.');
    if (Object.hasOwn(jwt.claims, 'cnf')) throw new ForeignTokenError('It is bound to a key that is not proved here.');
    if (!this.isForUs(row, jwt.claims['aud'])) throw new ForeignTokenError('Audience validation failed.');
    return { jwt, row, subject: this.subjectOf(row, jwt) };
  }

  private subjectOf({ name, organization, settings }: KeyManager, { claims }: ParsedJwt): ForeignSubject {
    const nowMs = this.clock.nowMs();
    const expiresAtMs = timeClaim(claims, 'exp');
    if (expiresAtMs === null || expiresAtMs + skewMs <= nowMs) throw new ForeignTokenError('It has expired.');
    for (const start of ['nbf', 'iat']) {
      const startMs = Object.hasOwn(claims, start) ? timeClaim(claims, start) : 0;
      if (startMs === null || startMs > nowMs + skewMs) throw new ForeignTokenError('It is not valid yet.');
    }
    const sub = textClaim(claims, 'sub');
    const subject = textClaim(claims, userClaimOf(settings)) ?? sub;
    if (sub === null || subject === null || subject.length > maxSubjectLength || /[\p{Cc}\p{Cf}]/u.test(subject))
      throw new ForeignTokenError('It names no subject.');
    const client = textClaim(claims, settings.consumerKeyClaim) ?? textClaim(claims, 'client_id');
    if (client !== null && isOfClientItself(claims, client))
      throw new ForeignTokenError('It is of a client that acts for itself.');
    const user = foreignUser(name, subject, organization);
    return { user, keyManager: name, scopes: scopesOf(claims[settings.scopesClaim]), expiresAtMs };
  }

  /** Our issuer, which is also the address of the token endpoint, or the name that the administrator has agreed on. */
  private isForUs({ organization, settings }: KeyManager, aud: unknown): boolean {
    const names = [this.settings.issuer(organization), ...(settings.alias === '' ? [] : [settings.alias])];
    return [aud].flat().some((each) => typeof each === 'string' && names.includes(each));
  }
}

/** One with a "/" in its name could be taken for another with a user that has one. */
function isExchanged({ name, type, enabled, settings }: KeyManager): boolean {
  return enabled && type !== 'default' && settings.tokenType !== 'DIRECT' && !name.includes('/');
}

/** The key of that name, else those that have none. */
function candidates(keys: readonly ForeignJwk[], kid: unknown) {
  const named = keys.filter((key) => key.kid === kid && !key.isUnnamed);
  const tried = named.length > 0 ? named : keys.filter((key) => key.isUnnamed);
  return tried.flatMap((key) => importPublicJwk(key) ?? []);
}

/** Space-separated text (RFC 6749 section 3.3), or a list as some key managers write it. */
function scopesOf(claim: unknown): string[] {
  const list: unknown[] = typeof claim === 'string' ? claim.split(' ') : [claim ?? []].flat();
  const names = list.filter((each): each is string => typeof each === 'string');
  return [...new Set(names)].filter((each) => /^[\x21\x23-\x5B\x5D-\x7E]{1,190}$/.test(each)).slice(0, 200);
}
