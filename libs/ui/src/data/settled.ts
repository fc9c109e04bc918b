import { useDebouncedValue } from '@mantine/hooks';

/** What has been typed, a moment after the last key: one question to the server for a word instead of one for each letter. */
export function useSettled(text: string): string {
  return useDebouncedValue(text, 200)[0];
}
