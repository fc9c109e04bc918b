import { StartupError } from '@tollgate/base';
import { checkCounterStore } from './counter-store.js';
import type { TollgateConfig } from './schema.js';

interface Group {
  readonly where: string;
  readonly urls: readonly string[];
  readonly authUrls: readonly string[] | undefined;
}

/**
 * Refuses wiring that cannot work, with the reason and the cure.
 * @param roles names of the roles that this process runs
 * @throws StartupError listing all problems
 */
export function checkWiring(config: TollgateConfig, roles: readonly string[]): void {
  const problems = [
    ...groupsOf(config).flatMap(checkGroup),
    ...checkGateway(config, roles),
    ...checkUrls(config),
    ...checkCors(config),
    ...checkCertificates(config),
    ...checkCounterStore(config),
  ];
  if (problems.length > 0) throw new StartupError(problems);
}

function groupsOf(config: TollgateConfig): Group[] {
  return [
    ...config.apim.throttling.url_group.map((group, i) => ({
      where: `[[apim.throttling.url_group]] number ${i + 1}`,
      urls: group.traffic_manager_urls,
      authUrls: group.traffic_manager_auth_urls,
    })),
    ...config.apim.event_hub.publish.url_group.map((group, i) => ({
      where: `[[apim.event_hub.publish.url_group]] number ${i + 1}`,
      urls: group.urls,
      authUrls: group.auth_urls,
    })),
  ];
}

function checkGroup(group: Group): string[] {
  const problems: string[] = [];
  if (group.urls.length === 0)
    problems.push(`${group.where} names no endpoint. Name at least one, or remove the group.`);
  const plain = group.urls.map(comparable);
  const repeated = plain.filter((url, i) => plain.indexOf(url) !== i);
  if (repeated.length > 0)
    problems.push(
      `${group.where} names ${repeated[0]} twice: one endpoint would get two shares. Name each endpoint once.`,
    );
  if (group.authUrls && group.authUrls.length !== group.urls.length)
    problems.push(
      `${group.where} has ${group.urls.length} endpoints and ${group.authUrls.length} auth URLs. Give one auth URL for each endpoint, or none at all.`,
    );
  return problems;
}

/** The address without what does not tell brokers apart: spaces, letter case, the last slash, and credentials, which are never shown. */
function comparable(url: string): string {
  return url
    .trim()
    .toLowerCase()
    .replace(/\/$/, '')
    .replace(/\/\/[^/@]*@/, '//');
}

/** With only one of the two files a made certificate would be served in silence. */
function checkCertificates(config: TollgateConfig): string[] {
  const { management, gateway } = config.tollgate;
  return Object.entries({ management, gateway })
    .filter(([, { tls_cert_file, tls_key_file }]) => (tls_cert_file === undefined) !== (tls_key_file === undefined))
    .map(
      ([name]) =>
        `[tollgate.${name}] needs tls_cert_file and tls_key_file together. Set both, or neither to have a self-signed certificate made.`,
    );
}

/** A gateway that sends events away must hear the decisions, else limits would never bite. */
function checkGateway(config: TollgateConfig, roles: readonly string[]): string[] {
  if (!roles.includes('gateway') || config.apim.throttling.url_group.length === 0) return [];
  const problems: string[] = [];
  if (config.apim.throttling.throttle_decision_endpoints.length === 0)
    problems.push(
      '[apim.throttling] throttle_decision_endpoints is empty: this gateway sends request events to traffic managers and would never hear their decisions. Name the brokers of all traffic managers.',
    );
  if (
    !roles.includes('event-hub') &&
    config.apim.event_hub.service_url === undefined &&
    config.tollgate.event_hub.control_plane_url === undefined
  )
    problems.push(
      '[apim.event_hub] service_url is missing: this gateway would never get APIs. Name the common address of the control planes.',
    );
  return problems;
}

function checkUrls(config: TollgateConfig): string[] {
  const named = {
    '[apim.event_hub] service_url': config.apim.event_hub.service_url,
    '[apim.key_manager] service_url': config.apim.key_manager.service_url,
    '[tollgate.event_hub] control_plane_url': config.tollgate.event_hub.control_plane_url,
  };
  return Object.entries(named).flatMap(([key, url]) =>
    url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? '')
      ? [`${key} is no address: "${url}". Write it as https://host:port/services/.`]
      : [],
  );
}

function checkCors(config: TollgateConfig): string[] {
  const cors = config.apim.cors;
  return cors.allow_credentials && cors.allow_origins.includes('*')
    ? [
        '[apim.cors] allow_credentials with the origin "*" would let every site act as its visitor. Name the origins, or switch credentials off.',
      ]
    : [];
}
