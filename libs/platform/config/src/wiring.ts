import { StartupError } from '@tollgate/base';
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
  const repeated = group.urls.filter((url, i) => group.urls.indexOf(url) !== i);
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
