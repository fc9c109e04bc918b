import { createLogger } from '@tollgate/base';
import { describe, expect, it } from 'vitest';
import { GroupSender } from './group-sender.js';
import { InProcessTransport } from './in-process-transport.js';
import { message } from './transport-contract.js';

const url = 'tcp://a:1';

describe('a group whose only receiver is away', () => {
  it('is tried at least once a second, however long it was away', async () => {
    const hub = new InProcessTransport(createLogger({ level: 'silent', node: 'spec' }));
    let nowMs = 0;
    const options = { clock: { nowMs: () => nowMs }, needsConsumer: true };
    const sender = new GroupSender({ mode: 'failover', urls: [url] }, () => hub, options);
    for (let i = 1; i <= 20; i++) {
      await expect(sender.send('requestEvents', [message(i)])).rejects.toThrow();
      expect(sender.retryInMs()).toBeLessThanOrEqual(1_000);
      nowMs += sender.retryInMs();
      expect(sender.status()).toMatchObject([{ state: 'backing-off' }]); // also when it is about to be tried
    }
    expect(sender.failedTries).toBe(20);
    await hub.subscribe({ subscriber: 's', topics: ['requestEvents'], keepForMs: 0, onMessage: () => undefined });
    await sender.send('requestEvents', [message(21)]);
    expect(sender.status()).toMatchObject([{ state: 'live', lastError: '' }]);
  });
});
