import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/**
 * Encrypts secrets at rest (AES-256-GCM) and makes keyed digests of them (HMAC-SHA-256). Every purpose has a key of its
 * own, derived from the installation's key (HKDF-SHA-256), so that a value sealed for one purpose never opens as another.
 */
export class SecretBox {
  private readonly root: Buffer;
  private readonly keys = new Map<string, Buffer>();

  /** @param keyHex 64 hex digits: `[tollgate.encryption] key` */
  constructor(keyHex: string) {
    if (!/^[0-9a-f]{64}$/i.test(keyHex)) throw new Error('The encryption key must be 64 hexadecimal digits');
    this.root = Buffer.from(keyHex, 'hex');
  }

  /** `v1.{iv}.{ciphertext}.{tag}` in base64url; differs each time. */
  seal(plain: string, purpose: string): string {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.keyFor(`seal:${purpose}`), iv);
    const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return ['v1', ...[iv, text, cipher.getAuthTag()].map((bytes) => bytes.toString('base64url'))].join('.');
  }

  /** @throws Error when the text was sealed with another key or for another purpose, or was changed */
  open(sealed: string, purpose: string): string {
    const [version, iv, text, tag, ...rest] = sealed.split('.');
    if (version !== 'v1' || iv === undefined || text === undefined || tag === undefined || rest.length > 0)
      throw new Error('A sealed secret is malformed');
    const key = this.keyFor(`seal:${purpose}`);
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'), { authTagLength: 16 });
    decipher.setAuthTag(Buffer.from(tag, 'base64url'));
    return decipher.update(text, 'base64url', 'utf8') + decipher.final('utf8');
  }

  /** Keyed digest, 64 hex digits: finds or compares a secret without keeping it. */
  digest(plain: string, purpose: string): string {
    return createHmac('sha256', this.keyFor(`digest:${purpose}`))
      .update(plain, 'utf8')
      .digest('hex');
  }

  private keyFor(info: string): Buffer {
    let key = this.keys.get(info);
    if (!key) this.keys.set(info, (key = Buffer.from(hkdfSync('sha256', this.root, '', `tollgate:${info}`, 32))));
    return key;
  }
}
