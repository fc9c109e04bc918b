/** Makes or uses a passkey by the options of the page, and sends what the browser says (WebAuthn Level 3 section 5.1). */
export const passkeyScript = String.raw`const place = document.querySelector('[data-passkey]');
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const known = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));
if (place && window.PublicKeyCredential) {
  const options = JSON.parse(place.dataset.passkey);
  const button = place.querySelector('button');
  const failed = place.querySelector('[role="alert"]');
  const ask = async () => {
    const publicKey = { ...options, challenge: bytes(options.challenge) };
    if (!options.user) {
      publicKey.allowCredentials = known(options.allowCredentials);
      const { id, type, response } = await navigator.credentials.get({ publicKey });
      const { clientDataJSON, authenticatorData, signature } = response;
      const said = {
        clientDataJSON: text(clientDataJSON),
        authenticatorData: text(authenticatorData),
        signature: text(signature),
      };
      return { id, rawId: id, type, clientExtensionResults: {}, response: said };
    }
    publicKey.user = { ...options.user, id: bytes(options.user.id) };
    publicKey.excludeCredentials = known(options.excludeCredentials);
    const { id, type, response } = await navigator.credentials.create({ publicKey });
    const { clientDataJSON, attestationObject } = response;
    const transports = response.getTransports?.() ?? [];
    const said = { clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject), transports };
    return { id, rawId: id, type, clientExtensionResults: {}, response: said };
  };
  button.hidden = false;
  button.addEventListener('click', async () => {
    button.disabled = true;
    failed.hidden = true;
    try {
      place.querySelector('input').value = JSON.stringify(await ask());
      place.closest('form').submit();
    } catch {
      failed.hidden = false;
      button.disabled = false;
    }
  });
}
`;
