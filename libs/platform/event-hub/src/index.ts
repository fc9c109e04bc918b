export { topics, TransportUnavailableError } from './transport.js';
export type { HubMessage, SubscribeOptions, Subscription, Topic, Transport, TransportStatus } from './transport.js';
