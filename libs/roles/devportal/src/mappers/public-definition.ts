/**
 * A definition for subscribers: it names the gateway's addresses in place of whatever its author wrote there.
 * @param text OpenAPI or AsyncAPI as JSON
 * @param urls where the API is served, best first; empty when it is deployed nowhere
 * @param basePath for a definition without addresses
 */
export function publicDefinition(text: string, urls: readonly string[], basePath: string): object {
  const document = JSON.parse(text) as Record<string, unknown>;
  if (document['asyncapi'] !== undefined) return { ...document, servers: asyncServers(urls) };
  if (document['swagger'] === undefined)
    return { ...document, servers: (urls.length > 0 ? urls : [basePath]).map((url) => ({ url })) };
  const { host: _, ...rest } = document;
  const [first] = urls.map((url) => new URL(url));
  const schemes = [...new Set(urls.map((url) => new URL(url).protocol.replace(':', '')))];
  return first ? { ...rest, host: first.host, basePath: first.pathname, schemes } : { ...rest, basePath };
}

/** AsyncAPI 2.x names its servers and says their protocol. */
function asyncServers(urls: readonly string[]): object {
  return Object.fromEntries(
    urls.map((url, i) => [`gateway${i + 1}`, { url, protocol: new URL(url).protocol.replace(':', '') }]),
  );
}
