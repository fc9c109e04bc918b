import { html, type Html } from './html.js';
import type { Texts } from './texts.js';

/** The button that makes or uses a passkey, within a form; shown by the script, which fills in `passkey` and sends the form. */
export function passkeyButton(texts: Texts, options: string, label: string): Html {
  return html`<div class="passkey" data-passkey="${options}">
    <input type="hidden" name="passkey" value="" />
    <button type="button" hidden>${label}</button>
    <p class="alert" role="alert" hidden>${texts('passkey.failed')}</p>
    <noscript><p class="faint">${texts('passkey.script')}</p></noscript>
  </div>`;
}
