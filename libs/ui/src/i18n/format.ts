import i18next from 'i18next';

/** A moment in the reader's language and time zone: `28 Nov 2026, 05:03`. @param time ISO text, or milliseconds since the epoch */
export function formatTime(time: string | number): string {
  const date = new Date(typeof time === 'string' && /^\d+$/.test(time) ? Number(time) : time);
  if (Number.isNaN(date.getTime())) return String(time);
  return new Intl.DateTimeFormat(i18next.language, { dateStyle: 'medium', timeStyle: 'short' }).format(date);
}

export function formatNumber(value: number): string {
  return new Intl.NumberFormat(i18next.language).format(value);
}
