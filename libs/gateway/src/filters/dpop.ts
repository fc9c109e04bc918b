import { createHash, randomUUID } from 'node:crypto';
import { importPublicJwk, isSignedBy, parseJwt, textClaim, timeClaim, type ParsedJwt } from '@tollgate/oauth/domain';
import type { QuotaLessor } from '@tollgate/throttling/domain';
import type { Exchange } from '../pipeline/exchange.js';
import { normalisePath } from '../pipeline/path.js';

export const proofAlgorithms = ['ES256', 'RS256', 'PS256', 'EdDSA'];

/** How far the time of a proof may be from ours, in milliseconds. */
const windowMs = 60_000;

/** Why a proof is refused: for the log of operators and the challenge. `away`: nobody could say whether it is new. */
export type ProofProblem =
  | 'malformed'
  | 'other request'
  | 'out of time'
  | 'other token'
  | 'other key'
  | 'replayed'
  | 'away';

/**
 * The proof that the sender of a token holds its key (RFC 9449 section 4.3), and that it is shown once. Gateways of one
 * installation ask the store that leases quotas for the one permit of each proof; without a store each gateway knows
 * what it has seen itself.
 */
export class DpopProofs {
  readonly #seen: SeenProofs;

  /** @param capacity most proofs remembered; more at once are refused rather than forgotten */
  constructor(
    private readonly lessor: QuotaLessor | null,
    capacity: number,
  ) {
    this.#seen = new SeenProofs(capacity);
  }

  /** @param jkt thumbprint to which the token is bound; `null` when the proof is right */
  check(x: Exchange, token: string, jkt: string): ProofProblem | null | Promise<ProofProblem | null> {
    const proofs = x.headers.all('dpop');
    const proof = proofs.length === 1 ? parseJwt(proofs[0] as string) : null;
    const jti = proof && textClaim(proof.claims, 'jti');
    const iatMs = proof && timeClaim(proof.claims, 'iat');
    if (proof === null || jti === null || iatMs === null || jti.length > 256) return 'malformed';
    const problem = problemOf(proof, x, token, jkt, iatMs);
    if (problem !== null) return problem;
    const id = createHash('sha256').update(`${jkt} ${jti}`).digest('base64url');
    if (!this.#seen.add(id, x.receivedAtMs)) return 'replayed';
    return this.lessor === null ? null : onlyOnce(this.lessor, id, iatMs);
  }
}

function problemOf(proof: ParsedJwt, x: Exchange, token: string, jkt: string, iatMs: number): ProofProblem | null {
  const { header, claims } = proof;
  const { jwk, alg } = header;
  if (header['typ'] !== 'dpop+jwt' || typeof alg !== 'string' || !proofAlgorithms.includes(alg)) return 'malformed';
  if (typeof jwk !== 'object' || jwk === null || Object.hasOwn(jwk, 'd')) return 'malformed';
  const shown = jwk as Readonly<Record<string, unknown>>;
  if (thumbprint(shown) !== jkt) return 'other key';
  const key = importPublicJwk({ ...shown, alg });
  if (key === null || !isSignedBy(proof, key)) return 'malformed';
  if (claims['htm'] !== x.method || !isAddressOf(x, claims['htu'])) return 'other request';
  if (Math.abs(x.receivedAtMs - iatMs) > windowMs) return 'out of time';
  return claims['ath'] === createHash('sha256').update(token).digest('base64url') ? null : 'other token';
}

/** Without query and fragment; a load balancer may have taken the TLS off, so https always fits. */
function isAddressOf(x: Exchange, htu: unknown): boolean {
  const url = typeof htu === 'string' ? URL.parse(htu) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== `${x.scheme}:`)) return false;
  if (url.host !== URL.parse(`${url.protocol}//${x.authority}`)?.host) return false;
  const normal = normalisePath(url.pathname);
  return 'path' in normal && normal.path === x.path;
}

/** RFC 7638; `null` for a kind of key that makes no proofs. */
export function thumbprint({ kty, crv, x, y, e, n }: Readonly<Record<string, unknown>>): string | null {
  const members =
    kty === 'EC' ? { crv, kty, x, y } : kty === 'RSA' ? { e, kty, n } : kty === 'OKP' ? { crv, kty, x } : null;
  if (members === null || Object.values(members).some((value) => typeof value !== 'string')) return null;
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}

/** One permit per proof over all gateways. */
async function onlyOnce(lessor: QuotaLessor, id: string, iatMs: number): Promise<ProofProblem | null> {
  try {
    const { granted } = await lessor.lease({
      holder: randomUUID(), // each showing is a holder of its own
      key: `dpop:${id}`,
      windowStartMs: Math.floor(iatMs),
      windowEndMs: Math.floor(iatMs) + 2 * windowMs,
      quota: 1,
      granted: 0,
      returned: 0,
      used: 0,
      want: 1,
    });
    return granted === 1 ? null : 'replayed';
  } catch {
    return 'away';
  }
}

/** Proofs of the last two minutes and more, in two generations, so that forgetting costs nothing. */
class SeenProofs {
  #young = new Set<string>();
  #old = new Set<string>();
  #turnedMs = 0;

  constructor(private readonly capacity: number) {}

  /** Gives false when it was seen, or when there is no more room to remember it. */
  add(id: string, nowMs: number): boolean {
    if (nowMs - this.#turnedMs >= 2 * windowMs) {
      this.#old = nowMs - this.#turnedMs >= 4 * windowMs ? new Set() : this.#young;
      this.#young = new Set();
      this.#turnedMs = nowMs;
    }
    if (this.#young.has(id) || this.#old.has(id) || this.#young.size >= this.capacity) return false;
    this.#young.add(id);
    return true;
  }
}
