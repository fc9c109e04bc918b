import type { FaultCluster } from './fault-cluster.js';
import { send } from './rest.js';

/** What two gateways send in two seconds. */
const mostWaiting = 40;

interface HealthBody {
  readonly state: string;
  readonly parts: Record<string, { readonly state: string; readonly detail?: Record<string, unknown> }>;
}

export interface HubStateBody {
  readonly seq: number;
  readonly digest: string;
}

async function healthOf(port: number): Promise<HealthBody | null> {
  const answer = await send('GET', `https://localhost:${port}/readyz`, { timeoutMs: 2_000 }).catch(() => null);
  return answer && 'parts' in answer.body ? (answer.body as unknown as HealthBody) : null;
}

/** Requests that each traffic manager has counted since its start; null while it does not answer. */
export function countedRequests(cluster: FaultCluster): Promise<(number | null)[]> {
  return Promise.all(
    cluster.cluster.topology.trafficManagers.map(async ({ https }) => {
      const health = await healthOf(https);
      const counts = health?.parts['traffic-manager']?.detail?.['counts'] as { countedRequests?: number } | undefined;
      return counts?.countedRequests ?? null;
    }),
  );
}

/** Where the control plane stands; null while it does not answer. */
export async function hubState(cluster: FaultCluster, controlPlane: number): Promise<HubStateBody | null> {
  const url = `${cluster.controlPlanes[controlPlane]}/internal/data/v1/state`;
  const answer = await send('GET', url, { basic: cluster.admin, timeoutMs: 2_000 }).catch(() => null);
  return answer?.status === 200 ? (answer.body as unknown as HubStateBody) : null;
}

/** What is not yet as it should be, in words; empty when every node is well and holds what the control planes hold. */
export async function complaints(cluster: FaultCluster): Promise<string[]> {
  const found: string[] = [];
  const { topology } = cluster.cluster;
  const states = await Promise.all(cluster.controlPlanes.map((_, i) => hubState(cluster, i)));
  const [digest] = states.map((state) => state?.digest);
  states.forEach((state, i) => {
    if (!state || state.digest !== digest) found.push(`control plane ${i + 1}: digest ${state?.digest ?? 'unknown'}`);
  });
  const nodes = [
    ...topology.gateways.map((ports, i) => ({ name: `gateway ${i + 1}`, port: ports.https, part: 'gateway' })),
    ...topology.trafficManagers.map((ports, i) => ({ name: `manager ${i + 1}`, port: ports.https, part: '' })),
    ...topology.controlPlanes.map((ports, i) => ({ name: `control plane ${i + 1}`, port: ports.https, part: '' })),
  ];
  for (const { name, port, part } of nodes) {
    const health = await healthOf(port);
    if (health?.state !== 'ok') found.push(`${name}: ${health === null ? 'no answer' : JSON.stringify(health)}`);
    const waiting = Number(health?.parts['traffic-manager']?.detail?.['waiting'] ?? 0);
    if (waiting > mostWaiting) found.push(`${name}: ${waiting} batches wait`);
    const held = health?.parts[part]?.detail?.['digest'];
    if (part !== '' && held !== digest) found.push(`${name}: holds ${String(held)}`);
  }
  return found;
}
