import type { DeploymentRecord, OperationRecord, PolicyFlows, PolicyUse } from '@tollgate/api/contract';
import { expect } from 'vitest';
import { startBackEnd, type BackEnd } from './back-end.js';
import { call, type CallOptions, type Reply } from './call.js';
import { startTestGateway, type TestGateway } from './fixture.js';
import { change, deploymentRecord, operation } from './records.js';

export const use = (name: PolicyUse['name'], parameters: PolicyUse['parameters']): PolicyUse => ({ name, parameters });

/** A gateway, a back end that says what it got, and an API between them whose policies are replaced at will. */
export interface Mediated {
  readonly g: TestGateway;
  readonly backEnd: BackEnd;
  deployAll(operations: OperationRecord[], more?: Partial<DeploymentRecord>): void;
  /** One open operation with these flows. */
  deploy(flows: Partial<PolicyFlows>, target?: string, verb?: string, url?: string): void;
  get(path: string, options?: CallOptions): Promise<Reply>;
  /** Values of one field of the first request that the back end saw. */
  seen(name: string): string[];
  stop(): Promise<void>;
}

export async function startMediated(): Promise<Mediated> {
  const backEnd = await startBackEnd();
  const g = await startTestGateway(backEnd.url);
  let revisions = 1;
  function deployAll(operations: OperationRecord[], more: Partial<DeploymentRecord> = {}): void {
    const revisionId = `rev-${++revisions}`;
    const record = { productionEndpoints: [{ url: backEnd.url }], operations, revisionId, ...more };
    expect(g.gateway.applyChanges([change.deployment(deploymentRecord(record))])).toMatchObject([
      { deploymentStatus: 'SUCCESS' },
    ]);
  }
  return {
    g,
    backEnd,
    deployAll,
    deploy(flows, target = '/*', verb = 'GET', url = backEnd.url) {
      const policyFlows = { request: [], response: [], fault: [], ...flows };
      const record = operation({ target, verb: verb as OperationRecord['verb'], authType: 'None', policyFlows });
      deployAll([record], { productionEndpoints: [{ url }] });
    },
    get: (path, options = {}) => call(g.port, `/pizzashack/1.0.0${path}`, options),
    seen(name) {
      const { rawHeaders } = backEnd.seen[0] ?? expect.fail('The back end was not called.');
      return rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === name);
    },
    async stop() {
      await g.stop();
      await backEnd.close();
    },
  };
}
