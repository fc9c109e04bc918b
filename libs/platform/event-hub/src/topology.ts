import { StartupError } from '@tollgate/base';
import { receiverGroupsOf, type ReceiverGroup, type TomlGroup } from './receiver-groups.js';
import { inProcessUrl } from './transports.js';

/** The wiring as configured, in plain values. */
export interface TopologyInput {
  readonly roles: readonly string[];
  readonly eventHub: {
    /** `[apim.event_hub] event_listening_endpoints`; on a control plane its own broker. */
    readonly listeningEndpoints: readonly string[];
    readonly duplicateUrls: readonly string[];
    /** `[[apim.event_hub.publish.url_group]]` */
    readonly publishGroups: readonly TomlGroup[];
  };
  readonly throttling: {
    /** `[[apim.throttling.url_group]]` */
    readonly urlGroups: readonly TomlGroup[];
    /** `throttle_decision_endpoints`; on a traffic manager its own broker. */
    readonly decisionEndpoints: readonly string[];
    /** On a traffic manager: the brokers of its peers. */
    readonly duplicateUrls: readonly string[];
  };
}

/** The keys of `deployment.toml` that decide the wiring. */
export interface WiringConfig {
  readonly apim: {
    readonly event_hub: {
      readonly event_listening_endpoints: readonly string[];
      readonly event_duplicate_url: readonly string[];
      readonly publish: {
        readonly url_group: readonly {
          urls: readonly string[];
          auth_urls?: readonly string[] | undefined;
          type?: string;
        }[];
      };
    };
    readonly throttling: {
      readonly throttle_decision_endpoints: readonly string[];
      readonly event_duplicate_url: readonly string[];
      readonly url_group: readonly {
        traffic_manager_urls: readonly string[];
        traffic_manager_auth_urls?: readonly string[] | undefined;
        type?: string;
      }[];
    };
  };
}

/** The topology of a process with these roles. @throws StartupError as `topologyOf` */
export function topologyOfConfig(config: WiringConfig, roles: readonly string[]): Topology {
  const { event_hub: hub, throttling } = config.apim;
  return topologyOf({
    roles,
    eventHub: {
      listeningEndpoints: hub.event_listening_endpoints,
      duplicateUrls: hub.event_duplicate_url,
      publishGroups: hub.publish.url_group.map(({ urls, auth_urls: authUrls, type }) => ({ urls, authUrls, type })),
    },
    throttling: {
      decisionEndpoints: throttling.throttle_decision_endpoints,
      duplicateUrls: throttling.event_duplicate_url,
      urlGroups: throttling.url_group.map((group) => {
        return { urls: group.traffic_manager_urls, authUrls: group.traffic_manager_auth_urls, type: group.type };
      }),
    },
  });
}

/** Who sends what where; addresses are for `Transports.get`. */
export interface Topology {
  /** Where a control plane relays changes: its own broker, its peers', and the publish groups. */
  readonly hubTargets: readonly ReceiverGroup[];
  /** Where gateways, traffic managers and control planes read changes. */
  readonly hubEndpoints: readonly string[];
  /** Where a gateway sends request events. */
  readonly requestEventGroups: readonly ReceiverGroup[];
  /** Where a traffic manager reads request events: its own broker. */
  readonly requestEventEndpoints: readonly string[];
  /** Where decisions are published: the own broker and every peer's. */
  readonly decisionTargets: readonly ReceiverGroup[];
  /** Where a gateway reads decisions. */
  readonly decisionEndpoints: readonly string[];
  /** Brokers of peer traffic managers, to which batches are handed on. */
  readonly peerEndpoints: readonly string[];
}

/**
 * Turns the configured wiring into one answer per question. What is not configured is this process's own hub.
 * @throws StartupError naming every wiring that cannot work, with the cure
 */
export function topologyOf(input: TopologyInput): Topology {
  const { eventHub, throttling } = input;
  const problems = problemsOf(input);
  if (problems.length > 0) throw new StartupError(problems);
  const hubEndpoints = orInProcess(eventHub.listeningEndpoints);
  const ownHub = [...hubEndpoints, ...eventHub.duplicateUrls.map(trim)];
  const decisionEndpoints = orInProcess(throttling.decisionEndpoints);
  const requestGroups = receiverGroupsOf(throttling.urlGroups, 'apim.throttling.url_group');
  return {
    hubTargets: distinct([
      ...ownHub.map(single),
      ...receiverGroupsOf(eventHub.publishGroups, 'apim.event_hub.publish.url_group'),
    ]),
    hubEndpoints,
    requestEventGroups: requestGroups.length > 0 ? requestGroups : [single(inProcessUrl)],
    requestEventEndpoints: decisionEndpoints,
    decisionTargets: distinct([...decisionEndpoints, ...throttling.duplicateUrls.map(trim)].map(single)),
    decisionEndpoints,
    peerEndpoints: throttling.duplicateUrls.map(trim),
  };
}

function problemsOf({ roles, eventHub, throttling }: TopologyInput): string[] {
  const problems: string[] = [];
  const isAlone = [
    eventHub.listeningEndpoints,
    eventHub.publishGroups,
    throttling.urlGroups,
    throttling.decisionEndpoints,
  ].every((list) => list.length === 0);
  if (isAlone) return repeats('[apim.event_hub] event_duplicate_url', eventHub.duplicateUrls, []);
  const isGateway = roles.includes('gateway');
  const isManager = roles.includes('traffic-manager');
  if (isGateway && !isManager) {
    if (throttling.decisionEndpoints.length === 0) {
      problems.push(
        '[apim.throttling] throttle_decision_endpoints is empty: name the broker of every traffic manager, or run the role traffic-manager in this process too.',
      );
    }
    if (throttling.urlGroups.length === 0) {
      problems.push(
        '[[apim.throttling.url_group]] is missing: name the brokers to which request events go, or run the role traffic-manager in this process too.',
      );
    }
  }
  if (isManager && !isGateway && throttling.decisionEndpoints.length === 0) {
    problems.push("[apim.throttling] throttle_decision_endpoints is empty: name this traffic manager's own broker.");
  }
  if ((isGateway || isManager) && !roles.includes('event-hub') && eventHub.listeningEndpoints.length === 0) {
    problems.push('[apim.event_hub] event_listening_endpoints is empty: name the broker of every control plane.');
  }
  problems.push(
    ...repeats(
      '[apim.event_hub] event_duplicate_url',
      eventHub.duplicateUrls,
      roles.includes('event-hub') ? eventHub.listeningEndpoints : [],
    ),
  );
  problems.push(
    ...repeats(
      '[apim.throttling] event_duplicate_url',
      throttling.duplicateUrls,
      isManager ? throttling.decisionEndpoints : [],
    ),
  );
  return problems;
}

function repeats(key: string, urls: readonly string[], own: readonly string[]): string[] {
  const seen = new Set(own.map(trim));
  return urls
    .filter((url) => seen.has(trim(url)) || !seen.add(trim(url)))
    .map((url) => {
      return `${key} repeats ${trim(url).replace(/\/\/[^@]*@/, '//***@')}: name each other node's broker once, and not the own one.`;
    });
}

function orInProcess(urls: readonly string[]): readonly string[] {
  return urls.length > 0 ? urls.map(trim) : [inProcessUrl];
}

function single(url: string): ReceiverGroup {
  return { mode: 'failover', urls: [url] };
}

/** A group that consists of one endpoint already named alone is the same target. */
function distinct(groups: readonly ReceiverGroup[]): ReceiverGroup[] {
  const byUrls = new Map<string, ReceiverGroup>();
  for (const group of groups) {
    const key = group.urls.join(' ');
    if (!byUrls.has(key)) byUrls.set(key, group);
  }
  return [...byUrls.values()];
}

function trim(url: string): string {
  return url.trim();
}
