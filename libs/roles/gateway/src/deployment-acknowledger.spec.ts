import { createLogger } from '@tollgate/base';
import type { DeploymentAcknowledgement } from '@tollgate/deployment/contract';
import { describe, expect, it } from 'vitest';
import { DeploymentAcknowledger } from './deployment-acknowledger.js';

const log = createLogger({ level: 'silent', node: 'spec' });
const outcome = { apiId: 'a', revisionId: 'r1', action: 'DEPLOY', deploymentStatus: 'SUCCESS' } as const;

describe('acknowledging deployments', () => {
  it('waits for the registration, which drops what the gateway said in a former life', async () => {
    const heard: DeploymentAcknowledgement[] = [];
    const acknowledger = new DeploymentAcknowledger('g1', async (lines) => void heard.push(...lines), log);
    acknowledger.add([outcome]);
    await acknowledger.flush();
    expect(heard).toEqual([]);
    await acknowledger.registered();
    expect(heard).toEqual([{ gatewayId: 'g1', ...outcome }]);
    acknowledger.add([{ ...outcome, apiId: 'b' }]);
    await acknowledger.flush();
    expect(heard.map(({ apiId }) => apiId)).toEqual(['a', 'b']);
  });

  it('says again what was not heard, once and in order', async () => {
    const heard: string[] = [];
    let isAway = true;
    const send = async (lines: readonly DeploymentAcknowledgement[]): Promise<void> => {
      if (isAway) throw new Error('away');
      heard.push(...lines.map(({ apiId }) => apiId));
    };
    const acknowledger = new DeploymentAcknowledger('g1', send, log);
    await acknowledger.registered();
    acknowledger.add([outcome]);
    acknowledger.add([{ ...outcome, apiId: 'b' }]);
    await acknowledger.flush();
    isAway = false;
    await acknowledger.flush();
    await acknowledger.flush();
    expect(heard).toEqual(['a', 'b']);
  });

  it('says again all that stands when the control plane has given the gateway up while its network was cut', async () => {
    const heard: string[] = [];
    const send = async (lines: readonly DeploymentAcknowledgement[]): Promise<void> =>
      void heard.push(...lines.map(({ apiId, revisionId }) => `${apiId} ${revisionId}`));
    const acknowledger = new DeploymentAcknowledger('g1', send, log);
    await acknowledger.registered();
    acknowledger.add([outcome, { ...outcome, apiId: 'b' }, { ...outcome, apiId: 'c' }]);
    acknowledger.add([{ ...outcome, action: 'UNDEPLOY' }]);
    acknowledger.add([{ ...outcome, apiId: 'b', revisionId: 'r2' }]);
    await acknowledger.flush();
    heard.length = 0;
    acknowledger.sayAgain();
    await acknowledger.registered();
    expect(heard).toEqual(['b r2', 'c r1']);
  });
});
