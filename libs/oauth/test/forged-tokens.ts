import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** What the forger has seen or stolen, and what a true token says. */
export interface ForgerKit {
  readonly kid: string;
  /** RSA. Signs tokens that are unfit although the signature is right. */
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly publicJwk: object;
  /** Of a token that is valid now. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Answers nothing; whoever asks there has followed a header of a token. */
  readonly trap: string;
}

const bytes = (text: string): string => Buffer.from(text).toString('base64url');
const part = (value: object): string => bytes(JSON.stringify(value));

/** A JWS whose parts are as given, signed with RS256. */
function signed(header: string, payload: string, key: KeyObject): string {
  const input = `${bytes(header)}.${bytes(payload)}`;
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}

/**
 * Tokens that nobody may take, by what is wrong with them (requirements; RFC 8725 section 2).
 * Each differs from a valid one in that alone.
 */
export function forgedTokens(kit: ForgerKit): Record<string, string> {
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const header = { alg: 'RS256', typ: 'at+jwt', kid: kit.kid };
  const now = Math.floor(Date.now() / 1000);
  const good = (claims: object = {}, head: object = {}): string =>
    signed(JSON.stringify({ ...header, ...head }), JSON.stringify({ ...kit.claims, ...claims }), kit.privateKey);
  const alien = (head: object = {}): string =>
    signed(JSON.stringify({ ...header, ...head }), JSON.stringify(kit.claims), stranger.privateKey);
  const bare = (head: object, signature = ''): string =>
    `${part({ ...header, ...head })}.${part(kit.claims)}.${signature}`;
  const hmac = (secret: string | Buffer, alg = 'HS256'): string => {
    const input = `${part({ ...header, alg })}.${part(kit.claims)}`;
    return `${input}.${createHmac(alg.replace('HS', 'sha'), secret).update(input).digest('base64url')}`;
  };
  const raw = (payload: string): string => signed(JSON.stringify(header), payload, kit.privateKey);
  const withText = (name: string, text: string): string =>
    raw(JSON.stringify({ ...kit.claims, [name]: '@' }).replace('"@"', text));
  const without = (name: string): string => good({ [name]: undefined });
  const pem = kit.publicKey.export({ type: 'spki', format: 'pem' }) as string;
  const pkcs1 = kit.publicKey.export({ type: 'pkcs1', format: 'pem' }) as string;
  const strangerJwk = stranger.publicKey.export({ format: 'jwk' });
  const url = kit.trap;
  const true_ = good();
  const [h = '', p = '', s = ''] = true_.split('.');

  return {
    ...Object.fromEntries(
      ['none', 'None', 'NONE', 'nOnE', 'none ', ''].flatMap((alg) => [
        [`R-35 alg "${alg}" without a signature`, bare({ alg })],
        [`R-35 alg "${alg}" with a true signature`, bare({ alg }, s)],
      ]),
    ),
    'R-35 no alg': bare({ alg: undefined }, s),
    'R-35 alg null': bare({ alg: null }, s),
    'R-35 alg a list': bare({ alg: ['RS256'] }, s),
    'R-35 alg in lower case': good({}, { alg: 'rs256' }),
    ...Object.fromEntries(
      ['RS1', 'ES256K', 'RS384', 'RS512', 'PS256', 'ES256', 'EdDSA', 'HS256', 'A128KW'].map((alg) => [
        `R-35 alg ${alg} on a key for RS256`,
        good({}, { alg }),
      ]),
    ),
    'R-35 HS256 with the public key as PEM': hmac(pem),
    'R-35 HS256 with the PEM without its last line break': hmac(pem.trimEnd()),
    'R-35 HS256 with the PEM and one line break more': hmac(`${pem}\n`),
    'R-35 HS256 with the PEM with CRLF': hmac(pem.replaceAll('\n', '\r\n')),
    'R-35 HS256 with the public key as PKCS#1': hmac(pkcs1),
    'R-35 HS384 with the public key as PEM': hmac(pem, 'HS384'),
    'R-35 HS512 with the public key as PEM': hmac(pem, 'HS512'),
    'R-35 HS256 with the public key as DER': hmac(kit.publicKey.export({ type: 'spki', format: 'der' })),
    'R-35 HS256 with the public key as JWK': hmac(JSON.stringify(kit.publicJwk)),
    'R-35 HS256 with nothing': hmac(''),
    'R-36 a stranger’s signature under our kid': alien(),
    'R-36 a stranger’s key brought along as jwk': alien({ jwk: strangerJwk }),
    'R-36 a stranger’s key as jwk, without kid': alien({ jwk: strangerJwk, kid: undefined }),
    'R-36 jku': alien({ jku: `${url}/jwks`, kid: 'theirs' }),
    'R-36 x5u': alien({ x5u: `${url}/certificate`, kid: 'theirs' }),
    'R-36 x5c': alien({ x5c: [stranger.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')] }),
    ...Object.fromEntries(
      Object.entries({
        'an unknown name': 'theirs',
        'a path': '../../../../dev/null',
        'a file URL': 'file:///dev/null',
        'a URL': `${url}/key`,
        SQL: `${kit.kid}' OR '1'='1`,
        'SQL with a union': "x' UNION SELECT 'key",
        __proto__: '__proto__',
        constructor: 'constructor',
        'a shell command': '$(id)',
        'a null byte': `${kit.kid}\0`,
        'another letter case': kit.kid.toUpperCase() === kit.kid ? kit.kid.toLowerCase() : kit.kid.toUpperCase(),
        'ten thousand characters': 'k'.repeat(10_000),
        nothing: '',
        'a number': 7,
        'a list': [kit.kid],
        'not there': undefined,
      }).map(([what, kid]) => [`R-36 kid: ${what}`, good({}, { kid })]),
    ),
    'R-39 typ JWT (an id token)': good({}, { typ: 'JWT' }),
    'R-39 no typ': good({}, { typ: undefined }),
    'R-39 typ of a logout token': good({}, { typ: 'logout+jwt' }),
    'R-39 typ of a DPoP proof': good({}, { typ: 'dpop+jwt' }),
    'R-39 typ of a refresh token': good({}, { typ: 'refresh+jwt' }),
    'R-39 typ a list': good({}, { typ: ['at+jwt'] }),
    ...Object.fromEntries(
      ['iss', 'sub', 'aud', 'azp', 'client_id', 'exp', 'nbf', 'iat', 'jti'].map((name) => [
        `R-39 no ${name}`,
        without(name),
      ]),
    ),
    'R-39 another issuer': good({ iss: 'https://evil.test/oauth2/token' }),
    'R-39 the issuer with a slash more': good({ iss: `${String(kit.claims['iss'])}/` }),
    'R-39 an issuer list': good({ iss: [kit.claims['iss']] }),
    'R-39 expired': good({ exp: now - 120 }),
    'R-39 not valid yet': good({ nbf: now + 120 }),
    'R-39 issued in the future': good({ iat: now + 120 }),
    'R-39 exp a text': good({ exp: String(now + 3600) }),
    'R-39 exp 1e400': withText('exp', '1e400'),
    'R-39 exp 1e300': withText('exp', '1e300'),
    'R-39 exp negative': good({ exp: -1 }),
    'R-39 exp null': good({ exp: null }),
    'R-39 exp true': good({ exp: true }),
    'R-39 exp a list': good({ exp: [now + 3600] }),
    'R-39 exp NaN': withText('exp', 'NaN'),
    'R-39 iat negative': good({ iat: -1 }),
    'R-39 nbf a text': good({ nbf: String(now) }),
    'R-39 jti a number': good({ jti: 7 }),
    'R-39 jti empty': good({ jti: '' }),
    'R-39 sub an object': good({ sub: { name: 'admin' } }),
    'R-39 azp empty': good({ azp: '' }),
    'R-39 scope an object': good({ scope: {} }),
    'R-39 a claim twice': raw(JSON.stringify(kit.claims).replace('{', `{"exp":${now + 9999},`)),
    'R-39 a claim twice, once escaped': raw(JSON.stringify(kit.claims).replace('{', '{"\\u0073ub":"admin",')),
    'R-39 a header parameter twice': signed(
      JSON.stringify(header).replace('{', '{"alg":"none",'),
      JSON.stringify(kit.claims),
      kit.privateKey,
    ),
    'R-39 __proto__ among the claims': raw(JSON.stringify(kit.claims).replace('{', '{"__proto__":{"admin":true},')),
    'R-39 claims that are a list': raw(JSON.stringify([kit.claims])),
    'R-39 claims that are no JSON': raw('exp=1'),
    'R-39 claims that are no UTF-8': `${h}.${Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')}.${s}`,
    'R-39 crit': good({}, { crit: ['exp'], exp: now + 60 }),
    'R-39 b64 false (RFC 7797)': good({}, { b64: false, crit: ['b64'] }),
    'R-39 b64 false without crit': good({}, { b64: false }),
    'R-39 encrypted by its header': good({}, { enc: 'A128GCM' }),
    'R-39 compressed': good({}, { zip: 'DEF' }),
    'R-40 another payload': `${h}.${part({ ...kit.claims, sub: 'admin' })}.${s}`,
    'R-40 another signature': `${h}.${p}.${alien().split('.')[2] ?? ''}`,
    'R-40 a changed last bit': `${true_.slice(0, -2)}${true_.endsWith('AA') ? 'BA' : 'AA'}`,
    'R-40 no signature': `${h}.${p}.`,
    'R-40 two parts': `${h}.${p}`,
    'R-40 four parts': `${true_}.${s}`,
    'R-40 five parts (an encrypted token)': `${true_}.${s}.${s}`,
    'R-40 two tokens in one': `${true_}${true_}`,
    'R-40 two tokens with a comma': `${true_},${true_}`,
    'R-40 truncated': true_.slice(0, -10),
    'R-40 with padding': `${true_}==`,
    'R-40 with a blank inside': `${h}. ${p}.${s}`,
    'R-40 in standard base64': `${h}.${p}.${Buffer.from(s, 'base64url').toString('base64')}=`,
    'R-40 a character more in the signature': `${true_}A`,
    'R-40 JSON serialization (RFC 7515 section 7.2)': JSON.stringify({ protected: h, payload: p, signature: s }),
    'R-40 an opaque text': 'd7c1d3c8-0000-0000-0000-000000000000',
    'R-40 dots': '...',
    'R-40 nine thousand characters': 'a'.repeat(9_000),
  };
}
