import { unlimitedPolicy } from '@tollgate/throttling/contract';
import type { OperationRecord } from '../../contract/index.js';
import { defaultAuthType, operationKey } from '../operation.js';
import { topicOf } from './import-async-definition.js';

/** A topic as the publisher contract lists it (`Topic`). */
export interface Topic {
  readonly name: string;
  readonly mode: (typeof topicModes)[number];
  readonly description: string;
}

/** What a client may do there; the contract leaves the words open. */
export const topicModes = ['SUBSCRIBE', 'PUBLISH'] as const;

/** @param present operations of which those that stay keep everything */
export function operationsOfTopics(topics: readonly Topic[], present: readonly OperationRecord[]): OperationRecord[] {
  const known = new Map(present.map((operation) => [operationKey(operation), operation]));
  return topics.map(({ name, mode }) => {
    const place = { target: topicOf(name), verb: mode };
    const fresh: OperationRecord = {
      ...place,
      authType: defaultAuthType,
      throttlingPolicy: unlimitedPolicy,
      scopes: [],
    };
    return known.get(operationKey(place)) ?? fresh;
  });
}

/** Writes descriptions into the operations of a definition that has all these topics. @param text JSON */
export function describeTopics(text: string, topics: readonly Topic[]): string {
  const document = JSON.parse(text) as { channels: Record<string, Record<string, object | undefined>> };
  for (const { name, mode, description } of topics) {
    const channel = Object.entries(document.channels).find(([each]) => topicOf(each) === topicOf(name))?.[1];
    const word = mode.toLowerCase();
    if (channel) channel[word] = { ...channel[word], description };
  }
  return JSON.stringify(document);
}
