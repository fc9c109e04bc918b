import type { TotpEnrolment } from '@tollgate/identity/server';
import qrcode from 'qrcode-generator';
import { html, type Html } from './html.js';
import type { Texts } from './texts.js';

/** The QR code of a new authenticator app, and its secret for those who cannot scan. */
export function enrolmentOf(texts: Texts, { secret, uri }: TotpEnrolment): Html {
  const groups = (secret.match(/.{1,4}/g) ?? []).join(' ');
  return html`<div class="qr">${qrSvg(uri, texts('factor.qr'))}</div>
    <p class="faint">${texts('factor.type-secret')}</p>
    <p class="code">${groups}</p>`;
}

/** One path of squares: no style, no script, nothing to load. Dark on light in dark pages too, or phones do not read it. */
function qrSvg(text: string, label: string): Html {
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  const squares: string[] = [];
  for (let row = 0; row < count; row++)
    for (let column = 0; column < count; column++)
      if (code.isDark(row, column)) squares.push(`M${column + 4} ${row + 4}h1v1h-1z`);
  const size = String(count + 8);
  return html`<svg viewBox="0 0 ${size} ${size}" role="img" aria-label="${label}" shape-rendering="crispEdges">
    <rect width="${size}" height="${size}" fill="#fff" />
    <path d="${squares.join('')}" fill="#000" />
  </svg>`;
}
