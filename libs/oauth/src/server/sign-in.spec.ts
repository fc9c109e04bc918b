import { systemContext } from '@tollgate/database';
import { SignInService, SignInThrottle, TooManySignInsError, UserService } from '@tollgate/identity/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOAuthTestApp, type OAuthTestApp } from '../../test/index.js';

let app: OAuthTestApp;
let users: UserService;
let signIn: SignInService;
const ctx = systemContext('carbon.super');
const password = 'quiet-Meadow-41';
let lastAddress = 0;

function tryOnce(userName: string, given: string, address?: string) {
  return signIn.withPassword({ organization: 'carbon.super', userName, password: given, address });
}

/** How a try ended: the seconds to wait, or whether somebody signed in. */
async function outcome(userName: string, given: string, address?: string): Promise<number | 'in' | 'wrong'> {
  try {
    return (await tryOnce(userName, given, address)) ? 'in' : 'wrong';
  } catch (error) {
    if (error instanceof TooManySignInsError) return error.retryAfterSeconds ?? 0;
    throw error;
  }
}

async function fail(userName: string, times: number, address?: string): Promise<void> {
  for (let i = 0; i < times; i++) expect(await outcome(userName, `wrong-${i}`, address)).toBe('wrong');
}

const newAddress = (): string => `198.51.100.${++lastAddress}`;

async function newUser(userName: string): Promise<void> {
  await users.create(ctx, { userName, password });
}

beforeAll(async () => {
  app = await startOAuthTestApp();
  users = app.get(UserService);
  signIn = app.get(SignInService);
});
afterAll(() => app.close());

describe('R-69 passwords', () => {
  it('are verified untruncated', async () => {
    await users.create(ctx, { userName: 'long', password: `${'ab'.repeat(36)}x` });
    expect(await tryOnce('long', `${'ab'.repeat(36)}x`)).not.toBeNull();
    expect(await tryOnce('long', `${'ab'.repeat(36)}y`)).toBeNull();
    expect(await tryOnce('long', 'ab'.repeat(36))).toBeNull();
  });

  it('are the same however Unicode wrote them, and keep their spaces', async () => {
    await users.create(ctx, { userName: 'zoe', password: ' Zoë küßt Frösche ' });
    expect(await tryOnce('zoe', ' Zoë küßt Frösche '.normalize('NFD'))).not.toBeNull();
    expect(await tryOnce('zoe', 'Zoë küßt Frösche')).toBeNull();
  });

  it.each(['password1', 'PASSWORD1', 'qwertyuiop', '12345678', 'iloveyouiloveyou'])(
    '"%s" is refused as one of the most used',
    async (common) => {
      await expect(users.create(ctx, { userName: 'common', password: common })).rejects.toMatchObject({
        status: 400,
        fields: [{ field: 'password', message: expect.stringMatching(/most used|row/) as string }],
      });
    },
  );

  it('have 15 characters unless configured otherwise', async () => {
    const strict = await startOAuthTestApp({ toml: '[tollgate.identity.password]\nmin_length = 15\n' });
    const create = (given: string) =>
      strict.get(UserService).create(ctx, { userName: `u${given.length}`, password: given });
    await expect(create('fourteen chars')).rejects.toMatchObject({ status: 400 });
    expect((await create('fifteen chars !')).userName).toBe('u15');
    await strict.close();
  });
});

describe('R-71 the super admin', () => {
  it.each(['admin', 'password', 'changeme'])('cannot have the configured password "%s"', async (weak) => {
    const start = startOAuthTestApp({ toml: `[super_admin]\npassword = "${weak}"\n` });
    await expect(start).rejects.toThrow('[super_admin] password is refused');
  });
});

describe('R-70 failed sign-ins', () => {
  it('of one account cost longer and longer waits, in which the right password is not looked at either', async () => {
    await newUser('ada');
    await fail('ada', 5, newAddress());
    expect(await outcome('ada', password, newAddress())).toBe(1);
    app.clock.advanceMs(1000);
    expect(await outcome('ada', 'wrong', newAddress())).toBe('wrong');
    expect(await outcome('ada', password, newAddress())).toBe(2);
    app.clock.advanceMs(2000);
    expect(await outcome('ada', password, newAddress())).toBe('in');
    await fail('ada', 5, newAddress()); // a success ended the row
  });

  it('answer a name that nobody has as they answer one that somebody has', async () => {
    await newUser('bea');
    const run = async (name: string) => {
      const seen: unknown[] = [];
      for (let i = 0; i < 8; i++) {
        seen.push(await outcome(name, `wrong-${i}`, newAddress()));
        if (i % 2 === 1) app.clock.advanceMs(1000);
      }
      return seen;
    };
    expect(await run('nobody')).toEqual(await run('bea'));
  });

  it('cannot keep out an owner who signed in from the same address before', async () => {
    await newUser('cy');
    const home = newAddress();
    expect(await outcome('cy', password, home)).toBe('in');
    await fail('cy', 5, newAddress());
    expect(await outcome('cy', password, newAddress())).toBe(1);
    expect(await outcome('cy', password, home)).toBe('in');
    // From there as well a password cannot be guessed for ever.
    await fail('cy', 5, home);
    expect(await outcome('cy', 'wrong', home)).toBe(1);
  });

  it('of one address cost waits whatever names it tries, others go on', async () => {
    await newUser('dee');
    const scanner = '2001:db8:7:7::1';
    for (let i = 0; i < 100; i++) expect(await outcome(`name-${i}`, 'wrong', scanner)).toBe('wrong');
    expect(await outcome('dee', password, '2001:db8:7:7:ffff::9')).toBe(60); // the same /64
    expect(await outcome('dee', password, newAddress())).toBe('in');
  }, 60_000);

  it('gain nothing by running in parallel', async () => {
    await newUser('eve');
    const tries = await Promise.all(
      Array.from({ length: 20 }, (_, i) => outcome('eve', `wrong-${i}`, `203.0.113.${i}`)),
    );
    expect(tries.filter((result) => result === 'wrong')).toHaveLength(5);
  });

  it('are forgotten after a day, and when an administrator opens the account', async () => {
    await newUser('fay');
    await fail('fay', 5);
    expect(await outcome('fay', password)).toBe(1);
    await users.update(ctx, 'fay', { status: 'LOCKED' });
    await users.update(ctx, 'fay', { status: 'ACTIVE' });
    expect(await outcome('fay', password)).toBe('in');
    await fail('fay', 4);
    app.clock.advanceMs(86_400_001);
    await fail('fay', 4);
    expect(await outcome('fay', password)).toBe('in');
  });

  it('F-11 are counted in the database: another process goes on where this one was', async () => {
    await newUser('gus');
    await fail('gus', 5);
    const other = new SignInThrottle(app.db, app.clock);
    await expect(other.open({ organization: 'carbon.super', userName: 'gus' })).rejects.toMatchObject({ status: 429 });
    app.clock.advanceMs(2 * 86_400_000);
    expect(await other.removeExpired(app.clock.nowMs())).toBeGreaterThan(0);
  });

  it('V-27 when the database is away nobody signs in', async () => {
    const gone = await startOAuthTestApp();
    await gone.get(UserService).create(ctx, { userName: 'hal', password });
    await gone.db.dataSource.destroy();
    const given = { organization: 'carbon.super', userName: 'hal', password };
    await expect(gone.get(SignInService).withPassword(given)).rejects.toThrow();
    await gone.close();
  });
});

describe('a new password that a user gives itself', () => {
  const change = (currentPassword: string, newPassword: string) =>
    users.changeOwnPassword(ctx, 'jo', { currentPassword, newPassword });

  it('needs the present one, keeps the rules, and differs', async () => {
    await newUser('jo');
    await expect(change('not-mine-at-all', 'another-Meadow-42')).rejects.toMatchObject({
      fields: [{ field: 'currentPassword' }],
    });
    await expect(change(password, 'short')).rejects.toMatchObject({ fields: [{ field: 'newPassword' }] });
    await expect(change(password, password)).rejects.toMatchObject({ fields: [{ field: 'newPassword' }] });
    await change(password, 'another-Meadow-42');
    expect(await outcome('jo', password)).toBe('wrong');
    expect(await outcome('jo', 'another-Meadow-42')).toBe('in');
  });

  it('is no way around the waits', async () => {
    await newUser('kim');
    const guess = (i: number) =>
      users.changeOwnPassword(ctx, 'kim', { currentPassword: `wrong-${i}`, newPassword: 'another-Meadow-42' });
    for (let i = 0; i < 5; i++) await expect(guess(i)).rejects.toMatchObject({ status: 400 });
    await expect(guess(5)).rejects.toMatchObject({ status: 429 });
  });
});
