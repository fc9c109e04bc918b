import { useSyncExternalStore } from 'react';

/** Consumer secrets of this page load by the id of their keys: never stored, gone with the page. */
let secrets: ReadonlyMap<string, string> = new Map();
const listeners = new Set<() => void>();

function put(next: ReadonlyMap<string, string>): void {
  secrets = next;
  for (const tell of listeners) tell();
}

/** Remembers a secret that was just made until it is hidden or the page is left. */
export function keepSecret(keyMappingId: string, secret: string): void {
  put(new Map([...secrets, [keyMappingId, secret]]));
}

export function hideSecret(keyMappingId: string): void {
  put(new Map([...secrets].filter(([id]) => id !== keyMappingId)));
}

/** The secret, while it may be shown. */
export function useSecret(keyMappingId: string): string | undefined {
  return useSyncExternalStore(
    (tell) => {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    () => secrets,
  ).get(keyMappingId);
}
