import type { HubMessage, Subscription, Topic, Transport } from '@tollgate/event-hub';
import { recordChangeSchema } from '../contract/index.js';
import type { ChangeFeedPort } from '../domain/index.js';

/** Topics on which record changes travel. All are read, whatever kinds a reader uses: the sequence has no gaps only over all of them. */
const changeTopics: readonly Topic[] = [
  'notification',
  'throttleData',
  'tokenRevocation',
  'keyManager',
  'cacheInvalidation',
];

export interface HubChangeFeedOptions {
  /** Every broker that carries hub events; each gives its own copy, and the replica takes each change once. */
  readonly transports: readonly Transport[];
  /** Unique per process. */
  readonly subscriber: string;
}

/**
 * The hub's record changes. Live as soon as one endpoint is; each further one joins when it can. The queues go with the
 * connection, because after a reconnect the replica fetches what it missed.
 */
export function hubChangeFeed({ transports, subscriber }: HubChangeFeedOptions): ChangeFeedPort {
  return {
    subscribe: async ({ onChange, onReconnected }) => {
      const subscriptions: Subscription[] = [];
      let closed = false;
      const opening = transports.map(async (transport) => {
        const onMessage = (message: HubMessage): void => forward(message, onChange);
        const subscription = await transport.subscribe({
          subscriber,
          topics: changeTopics,
          keepForMs: 0,
          onMessage,
          onReconnected,
        });
        if (closed) return subscription.close();
        subscriptions.push(subscription);
        if (subscriptions.length > 1) onReconnected();
      });
      await Promise.any(opening).catch((error: AggregateError) => {
        throw error.errors[0];
      });
      return {
        close: async () => {
          closed = true;
          await Promise.all(subscriptions.map((subscription) => subscription.close()));
        },
      };
    },
  };
}

/** A throw sends the message to the dead letters. Decisions share a topic with deny conditions and carry no sequence number. */
function forward(message: HubMessage, onChange: Parameters<ChangeFeedPort['subscribe']>[0]['onChange']): void {
  if (message.seq === 0) return;
  onChange(message.seq, recordChangeSchema.parse(message.data));
}
