import { createLogger } from '@tollgate/base';
import {
  createGateway,
  type Gateway,
  type GatewayOptions,
  type NumberedBatch,
  type RuntimeChange,
} from '../src/index.js';
import {
  apiRecord,
  applicationRecord,
  change,
  deploymentRecord,
  keyManagerRecord,
  keyMappingRecord,
  subscriptionRecord,
} from './records.js';
import { accessToken, testKey, type TestKey } from './tokens.js';

export interface TestGateway {
  readonly gateway: Gateway;
  readonly port: number;
  readonly key: TestKey;
  readonly batches: NumberedBatch[];
  readonly logged: Record<string, unknown>[];
  /** Milliseconds added to the real time. */
  advance(ms: number): void;
  /** Headers with a good access token. */
  bearer(claims?: Record<string, unknown>): Promise<Record<string, string>>;
  stop(): Promise<void>;
}

let sharedKey: Promise<TestKey> | null = null;

/** A gateway on a free port with one published API, an application subscribed to it, and that application's keys. */
export async function startTestGateway(
  endpointUrl: string,
  extra: readonly RuntimeChange[] = [],
  options: Partial<GatewayOptions> = {},
): Promise<TestGateway> {
  const key = await (sharedKey ??= testKey('key-1'));
  const batches: NumberedBatch[] = [];
  const logged: Record<string, unknown>[] = [];
  let offsetMs = 0;
  const gateway = createGateway({
    host: '127.0.0.1',
    httpPort: 0,
    httpsPort: null,
    labels: ['Default'],
    trustedProxies: [],
    allowedNetworks: ['127.0.0.0/8'],
    eventFlushMs: 20,
    log: createLogger({ level: 'info', node: 'test' }, { write: (line: string) => void logged.push(JSON.parse(line)) }),
    nowMs: () => Date.now() + offsetMs,
    publish: (batch) => Promise.resolve(void batches.push(batch)),
    ...options,
  });
  gateway.applyChanges([...basicRecords(endpointUrl, key), ...extra]);
  gateway.markLoaded();
  await gateway.start();
  return {
    gateway,
    port: gateway.ports.http ?? 0,
    key,
    batches,
    logged,
    advance: (ms) => (offsetMs += ms),
    bearer: async (claims) => ({ authorization: `Bearer ${await accessToken(key, claims)}` }),
    stop: () => gateway.stop({ timeoutMs: 500 }),
  };
}

export function basicRecords(endpointUrl: string, key: TestKey): RuntimeChange[] {
  return [
    change.api(apiRecord()),
    change.deployment(deploymentRecord({ productionEndpoints: [{ url: endpointUrl }] })),
    change.application(applicationRecord()),
    change.keyMapping(keyMappingRecord()),
    change.subscription(subscriptionRecord()),
    change.keyManager(keyManagerRecord({ keys: [key.jwk] })),
  ];
}
