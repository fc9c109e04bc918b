import { describe, expect, it } from 'vitest';
import { keepsTheMission } from './support/mission.js';
import { onLoopback, seedTopology, seedTopologyFolder } from './support/seed-topology.js';

const at = { brokers: ['u:p@localhost:1111', 'u:p@localhost:2222'], controlPlanePort: 3333 };

describe('a fragment put on loopback', () => {
  it('has one broker for the hosts and ports of each side, and one common name', () => {
    const fragment = `service_url = "https://wso2am-acp-service:9443/services/"
own = ["tcp://localhost:5672"]
all = ["tcp://wso2am-acp-1-service:9611","ssl://wso2am-acp-2-service:9711","tcp://wso2am-tm-2-service:5672"]`;
    expect(onLoopback(fragment, 1, at)).toBe(`service_url = "https://localhost:3333/services/"
own = ["tcp://u:p@localhost:2222"]
all = ["tcp://u:p@localhost:1111","ssl://u:p@localhost:2222","tcp://u:p@localhost:2222"]`);
  });

  it('is refused when it names an address that has no place here', () => {
    expect(() => onLoopback('urls = ["tcp://wso2am-acp-3-service:5672"]', 0, at)).toThrow('wso2am-acp-3-service');
  });
});

if (seedTopologyFolder === undefined)
  it.skip('the seed topology starts and keeps the mission (left out: SEED_TOPOLOGY_DIR names no folder)', () =>
    undefined);
else keepsTheMission('the topology of five fragments, two replicas of the gateway', seedTopology);
