import { createLogger } from '@tollgate/base';
import { describe, expect, it, vi } from 'vitest';
import { InProcessTransport } from './in-process-transport.js';
import { keepsTheTransportContract, message } from './transport-contract.js';

const log = createLogger({ level: 'silent', node: 'spec' });

keepsTheTransportContract('in-process', async () => {
  const transport = new InProcessTransport(log);
  return { transport, close: () => transport.close() };
});

describe('in-process transport', () => {
  it('V-34 refuses a second subscriber of the same name: two would share one copy', async () => {
    const transport = new InProcessTransport(log);
    const options = { subscriber: 'same', topics: ['notification'] as const, keepForMs: 0, onMessage: () => undefined };
    await transport.subscribe(options);
    await expect(transport.subscribe(options)).rejects.toThrow(/subscribed already/);
    await transport.close();
  });

  it('blocks the sender when a subscriber is far behind, and takes messages again afterwards', async () => {
    const transport = new InProcessTransport(log);
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await transport.subscribe({ subscriber: 'stuck', topics: ['notification'], keepForMs: 0, onMessage: () => held });
    const many = Array.from({ length: 9_999 }, (_, i) => message(i));
    await transport.publish('notification', many);
    await expect(transport.publish('notification', many)).rejects.toThrow(/messages behind/);
    release();
    await vi.waitFor(() => transport.publish('notification', many), { timeout: 5_000 });
    await transport.close();
  });
});
