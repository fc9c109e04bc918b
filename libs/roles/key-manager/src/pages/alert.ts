import { html, type Html } from './html.js';

/** What is wrong with a form, above it; its fields name it by `invalidField`. Nothing when nothing is. */
export function alertOf(problem: string | undefined): Html | null {
  return problem === undefined ? null : html`<p class="alert" role="alert" id="problem">${problem}</p>`;
}

/** Attributes of a field that the alert is about. */
export const invalidField = html`aria-invalid="true" aria-describedby="problem"`;
