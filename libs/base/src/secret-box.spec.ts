import { describe, expect, it } from 'vitest';
import { SecretBox } from './secret-box.js';

const box = new SecretBox('ab'.repeat(32));

describe('SecretBox', () => {
  it('opens what it sealed, and seals differently each time', () => {
    const sealed = box.seal('s3cret ä', 'client');
    expect(box.open(sealed, 'client')).toBe('s3cret ä');
    expect(box.seal('s3cret ä', 'client')).not.toBe(sealed);
    expect(sealed).not.toContain('s3cret');
  });

  it('refuses another purpose, another key and a changed text', () => {
    const sealed = box.seal('s3cret', 'client');
    expect(() => box.open(sealed, 'signing-key')).toThrow();
    expect(() => new SecretBox('cd'.repeat(32)).open(sealed, 'client')).toThrow();
    const parts = sealed.split('.');
    const changed = [...parts.slice(0, 2), Buffer.from('other!').toString('base64url'), parts[3]].join('.');
    expect(() => box.open(changed, 'client')).toThrow();
    const shortTag = [
      ...parts.slice(0, 3),
      Buffer.from(parts[3] ?? '', 'base64url')
        .subarray(0, 4)
        .toString('base64url'),
    ].join('.');
    expect(() => box.open(shortTag, 'client')).toThrow();
  });

  it('makes the same digest for the same secret and purpose only', () => {
    expect(box.digest('a', 'x')).toBe(box.digest('a', 'x'));
    expect(box.digest('a', 'x')).not.toBe(box.digest('a', 'y'));
    expect(box.digest('a', 'x')).toMatch(/^[0-9a-f]{64}$/);
  });
});
