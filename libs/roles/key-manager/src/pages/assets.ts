import { createHash } from 'node:crypto';
import { passkeyScript } from './passkey-script.js';
import { passwordScript, submitScript } from './scripts.js';
import { styleSheet } from './style.js';

interface Asset {
  readonly type: string;
  readonly text: string;
}

const css = 'text/css; charset=utf-8';
const js = 'text/javascript; charset=utf-8';

/** Files by address. The name holds a digest of the content, so that browsers may keep them for ever. */
const files = new Map<string, Asset>();

function file(name: string, ending: string, asset: Asset): string {
  const digest = createHash('sha256').update(asset.text).digest('base64url').slice(0, 12);
  const fileName = `${name}-${digest}.${ending}`;
  files.set(fileName, asset);
  return `/oauth2/assets/${fileName}`;
}

/** Addresses of what the pages load. */
export const assets = {
  style: file('pages', 'css', { type: css, text: styleSheet }),
  submit: file('submit', 'js', { type: js, text: submitScript }),
  passkey: file('passkey', 'js', { type: js, text: passkeyScript }),
  password: file('password', 'js', { type: js, text: passwordScript }),
} as const;

export function assetNamed(fileName: string): Asset | undefined {
  return files.get(fileName);
}
