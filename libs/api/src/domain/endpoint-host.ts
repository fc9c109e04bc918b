import { InvalidInputError } from '@tollgate/base';

/**
 * The `host` or `host:port` (where it is not 443) that an endpoint certificate is for.
 * @param endpoint an https or wss URL, of which only the host matters, or a host with or without a port
 * @throws InvalidInputError when it is neither
 */
export function hostOfEndpoint(endpoint: string): string {
  const text = endpoint.trim();
  const url = text.includes('://') ? text.replace(/^wss:/i, 'https:') : `https://${text}`;
  const parsed = text.length <= 1024 && URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || parsed.protocol !== 'https:' || parsed.hostname === '' || parsed.username || parsed.password)
    throw new InvalidInputError([
      { field: 'endpoint', message: 'An https or wss URL such as https://api.example.com:8443, or its host and port.' },
    ]);
  return parsed.host;
}
