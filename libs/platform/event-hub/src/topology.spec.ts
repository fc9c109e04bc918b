import { describe, expect, it } from 'vitest';
import { topologyOf, type TopologyInput } from './topology.js';

const nothing: TopologyInput = {
  roles: ['publisher', 'event-hub', 'traffic-manager', 'gateway'],
  eventHub: { listeningEndpoints: [], duplicateUrls: [], publishGroups: [] },
  throttling: { urlGroups: [], decisionEndpoints: [], duplicateUrls: [] },
};
const one = (url: string): object => ({ mode: 'failover', urls: [url] });

describe('topology', () => {
  it('is this process alone when nothing is configured', () => {
    expect(topologyOf(nothing)).toEqual({
      hubTargets: [one('in-process')],
      hubEndpoints: ['in-process'],
      requestEventGroups: [one('in-process')],
      requestEventEndpoints: ['in-process'],
      decisionTargets: [one('in-process')],
      decisionEndpoints: ['in-process'],
      peerEndpoints: [],
    });
  });

  it('relays to the own broker and the peer, each once although the publish groups repeat them', () => {
    const cp = topologyOf({
      ...nothing,
      roles: ['event-hub'],
      eventHub: {
        listeningEndpoints: ['tcp://localhost:5672'],
        duplicateUrls: [' tcp://cp2:5672 '],
        publishGroups: [{ urls: ['tcp://cp2:5672'] }, { urls: ['tcp://x:1', 'tcp://y:1'] }],
      },
    });
    expect(cp.hubTargets).toEqual([
      one('tcp://localhost:5672'),
      one('tcp://cp2:5672'),
      { mode: 'loadbalance', urls: ['tcp://x:1', 'tcp://y:1'] },
    ]);
    expect(cp.hubEndpoints).toEqual(['tcp://localhost:5672']);
  });

  it('lets a traffic manager publish decisions to its own broker and to its peers', () => {
    const tm = topologyOf({
      roles: ['traffic-manager'],
      eventHub: { ...nothing.eventHub, listeningEndpoints: ['tcp://cp1:5672', 'tcp://cp2:5672'] },
      throttling: { urlGroups: [], decisionEndpoints: ['tcp://localhost:5672'], duplicateUrls: ['tcp://tm2:5672'] },
    });
    expect(tm.decisionTargets).toEqual([one('tcp://localhost:5672'), one('tcp://tm2:5672')]);
    expect(tm.requestEventEndpoints).toEqual(['tcp://localhost:5672']);
    expect(tm.peerEndpoints).toEqual(['tcp://tm2:5672']);
  });

  it('refuses wiring that cannot work, every problem at once', () => {
    expect(() =>
      topologyOf({
        ...nothing,
        roles: ['gateway'],
        throttling: { ...nothing.throttling, decisionEndpoints: ['tcp://tm:1'] },
      }),
    ).toThrow(/url_group\]\] is missing[^]*listening_endpoints is empty/);
    expect(() =>
      topologyOf({
        ...nothing,
        roles: ['traffic-manager'],
        eventHub: { ...nothing.eventHub, listeningEndpoints: ['tcp://cp:1'] },
      }),
    ).toThrow(/own broker/);
    const repeated = { ...nothing.eventHub, listeningEndpoints: ['tcp://a:1'], duplicateUrls: ['tcp://a:1'] };
    expect(() => topologyOf({ ...nothing, eventHub: repeated })).toThrow(/repeats tcp:\/\/a:1/);
  });
});
