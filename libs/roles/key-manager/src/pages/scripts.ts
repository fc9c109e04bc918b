/** Sends the one form of the page; without script the person presses its button. */
export const submitScript = `document.querySelector('form[data-submit]')?.submit();\n`;

/** Lets the person see the password they type. Without script the switch stays hidden. */
export const passwordScript = `const fields = document.querySelectorAll('input[type="password"]');
const toggle = document.querySelector('[data-show-password]');
if (fields.length > 0 && toggle) {
  toggle.hidden = false;
  toggle.querySelector('input').addEventListener('change', (event) => {
    for (const field of fields) field.type = event.target.checked ? 'text' : 'password';
  });
}
`;
