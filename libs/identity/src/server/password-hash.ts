import { argon2, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** 19 MiB, two passes, one lane: the OWASP profile for argon2id with the least memory. */
const current = { memoryKiB: 19_456, passes: 2, lanes: 1 } as const;
const saltBytes = 16;
const hashBytes = 32;

interface Argon2Parameters {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
}

function derive(password: string, salt: Buffer, p: Argon2Parameters, length: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = {
      message: Buffer.from(password.normalize('NFC'), 'utf8'),
      nonce: salt,
      parallelism: p.lanes,
      tagLength: length,
      memory: p.memoryKiB,
      passes: p.passes,
    };
    argon2('argon2id', options, (error, key) => (error ? reject(error) : resolve(Buffer.from(key))));
  });
}

/** Stands where a user has no password; nothing matches it. */
export const noPasswordHash = '';

/** PHC string of argon2id with a random salt: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const hash = await derive(password, salt, current, hashBytes);
  const text = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');
  return `$argon2id$v=19$m=${current.memoryKiB},t=${current.passes},p=${current.lanes}$${text(salt)}$${text(hash)}`;
}

const phc = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** @throws Error when the stored text is not an argon2id PHC string */
export async function matchesPassword(password: string, stored: string): Promise<boolean> {
  const parts = phc.exec(stored);
  if (!parts) throw new Error('A stored password hash is malformed');
  const [, memory, passes, lanes, salt = '', hash = ''] = parts;
  const expected = Buffer.from(hash, 'base64');
  const parameters = { memoryKiB: Number(memory), passes: Number(passes), lanes: Number(lanes) };
  const actual = await derive(password, Buffer.from(salt, 'base64'), parameters, expected.length);
  return timingSafeEqual(actual, expected);
}

/**
 * Remembers, for this process only, which password matched which stored hash, so that callers who send Basic credentials
 * with each request do not cost an argon2 run each time. Holds keyed digests, never a password; a changed password
 * changes the stored hash and so misses.
 */
export class PasswordMemory {
  private readonly key = randomBytes(32);
  private readonly known = new Set<string>();

  constructor(private readonly capacity = 2000) {}

  /** True when `matches` found this password right before. */
  knows(password: string, stored: string): boolean {
    return this.known.has(this.digestOf(password, stored));
  }

  async matches(password: string, stored: string): Promise<boolean> {
    const digest = this.digestOf(password, stored);
    if (this.known.has(digest)) return true;
    if (!(await matchesPassword(password, stored))) return false;
    if (this.known.size >= this.capacity) this.known.delete(this.known.values().next().value as string);
    this.known.add(digest);
    return true;
  }

  private digestOf(password: string, stored: string): string {
    const text = password.normalize('NFC');
    return createHmac('sha256', this.key).update(stored).update('\0').update(text).digest('base64');
  }
}
