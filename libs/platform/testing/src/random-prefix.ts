import { randomBytes } from 'node:crypto';

/** `name-` and ten random hexadecimal digits: keeps specs that share a server apart. */
export function randomPrefix(name = 'spec'): string {
  return `${name}-${randomBytes(5).toString('hex')}`;
}
