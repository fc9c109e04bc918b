/** What a state means, whatever it is the state of. */
export type Tone = 'neutral' | 'info' | 'ok' | 'warn' | 'bad' | 'wait' | 'gone';

/** Class of `styles.css` that carries text and tint of a tone in both schemes. */
export function toneClass(tone: Tone): string {
  return `tg-tone tg-tone-${tone}`;
}
