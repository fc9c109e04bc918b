import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startBackEnd, type BackEnd } from '../../test/back-end.js';
import { call, type Reply } from '../../test/call.js';
import { startTestGateway, type TestGateway } from '../../test/fixture.js';
import { accessToken } from '../../test/tokens.js';
import { OpaqueTokens } from './opaque-tokens.js';

const path = '/pizzashack/1.0.0/menu';
const opaque = (): string => `tga_${randomBytes(32).toString('base64url')}`;

let backEnd: BackEnd;
let g: TestGateway;
/** What the key manager knows, and what it was asked. */
const known = new Map<string, string>();
let asked: (readonly string[])[] = [];
let isAway = false;

beforeAll(async () => {
  backEnd = await startBackEnd();
  g = await startTestGateway(backEnd.url, [], {
    revealTokens: async (tokens) => {
      asked.push(tokens);
      if (isAway) throw new Error('away');
      return tokens.map((token) => known.get(token) ?? null);
    },
  });
});
afterAll(async () => {
  await g.stop();
  await backEnd.close();
});
beforeEach(() => {
  asked = [];
  isAway = false;
});

const send = (token: string): Promise<Reply> => call(g.port, path, { headers: { authorization: `Bearer ${token}` } });

async function given(claims: Record<string, unknown> = {}): Promise<string> {
  const text = opaque();
  known.set(text, await accessToken(g.key, claims));
  return text;
}

describe('an opaque access token at the gateway', () => {
  it('is asked for once, however many requests bring it, and passes as its JWT does', async () => {
    const token = await given();
    const replies = await Promise.all(Array.from({ length: 20 }, () => send(token)));
    expect(replies.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect((await send(token)).status).toBe(200);
    expect(asked.flat()).toEqual([token]);
  });

  it('unknown to the key manager is refused, and not asked for again at once', async () => {
    const token = opaque();
    expect((await send(token)).json()).toMatchObject({ code: '900901' });
    expect((await send(token)).status).toBe(401);
    expect(asked.flat()).toEqual([token]);
    known.set(token, await accessToken(g.key));
    g.advance(2_001);
    expect((await send(token)).status).toBe(200);
  });

  it('is refused while the key manager is away, whereas those that are known go on until they expire', async () => {
    const token = await given({ exp: Math.floor(Date.now() / 1000) + 300 });
    expect((await send(token)).status).toBe(200);
    isAway = true;
    const stranger = await given();
    const refused = await send(stranger);
    expect(refused.status).toBe(503);
    expect(refused.json()).toMatchObject({ code: '900900' });
    expect(refused.headers['retry-after']).toBe('1');
    expect((await send(token)).status).toBe(200);
    g.advance(340_000);
    expect((await send(token)).status).toBe(401);
    g.advance(-340_000);
    isAway = false;
    expect((await send(stranger)).status).toBe(200);
  });

  it('is refused as soon as its JWT is revoked', async () => {
    const token = await given({ jti: 'to-be-revoked' });
    expect((await send(token)).status).toBe(200);
    const expiresAtMs = Date.now() + 3_600_000;
    const value = { type: 'jti', value: 'to-be-revoked', revokedAtMs: Date.now(), expiresAtMs };
    g.gateway.applyChanges([{ kind: 'revocation', id: 'jti:to-be-revoked', value }]);
    expect((await send(token)).status).toBe(401);
  });

  it('that stands for a JWT of somebody else is refused: the answer is verified like any token', async () => {
    const text = opaque();
    known.set(text, `${(await accessToken(g.key)).slice(0, -8)}AAAAAAAA`);
    expect((await send(text)).status).toBe(401);
  });

  it.each([
    ['is shorter', () => opaque().slice(0, -1)],
    ['is longer', () => `${opaque()}A`],
    ['has another sign', () => `${opaque().slice(0, -1)}.`],
    ['has another prefix', () => opaque().replace('tga_', 'tgb_')],
  ])('that %s is refused without a question', async (_, make) => {
    expect((await send(make())).status).toBe(401);
    expect(asked).toEqual([]);
  });

  it('is asked for with at most a hundred others, and when too many wait the rest is refused at once', async () => {
    const calls: number[] = [];
    const reveal = vi.fn(async (tokens: readonly string[]) => {
      calls.push(tokens.length);
      return tokens.map(() => 'jwt');
    });
    const tokens = new OpaqueTokens({ reveal, capacity: 10_000, nowMs: Date.now });
    const results = await Promise.allSettled(Array.from({ length: 6_000 }, async () => tokens.jwtOf(opaque())));
    expect(Math.max(...calls)).toBe(100);
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(6_000 - 5_001);
  });

  it('is refused when nobody knows opaque tokens, and when the key manager keeps silent', async () => {
    expect(new OpaqueTokens({ reveal: null, capacity: 10, nowMs: Date.now }).jwtOf(opaque())).toBeNull();
    vi.useFakeTimers();
    try {
      const silent = new OpaqueTokens({ reveal: () => new Promise(() => {}), capacity: 10, nowMs: Date.now });
      const answer = expect(silent.jwtOf(opaque())).rejects.toThrow('does not answer');
      await vi.advanceTimersByTimeAsync(2_000);
      await answer;
    } finally {
      vi.useRealTimers();
    }
  });
});
