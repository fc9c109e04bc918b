import type { Attribute } from './plan.js';

export const requestStream = 'RequestStream';
export const resultStream = 'ResultStream';
export const decisionStream = 'GlobalThrottleStream';
export const propertiesAttribute = 'propertiesMap';

/** Attributes of `RequestStream`, in the field's order; all are texts but the last, which holds the properties. */
export const requestAttributes = [
  'messageID',
  'appKey',
  'appTier',
  'subscriptionKey',
  'apiKey',
  'apiTier',
  'subscriptionTier',
  'resourceKey',
  'resourceTier',
  'userId',
  'apiContext',
  'apiVersion',
  'appTenant',
  'apiTenant',
  'appId',
  'apiName',
  propertiesAttribute,
] as const;
export type RequestAttribute = (typeof requestAttributes)[number];

export const requestShape: readonly Attribute[] = requestAttributes.map((name) =>
  name === propertiesAttribute ? { name, type: 'string', isMap: true } : { name, type: 'string' },
);

/** Older rules call the API's name so. */
export const renamedAttributes: Readonly<Record<string, RequestAttribute>> = { apiProductName: 'apiName' };

/** What the host reads out of `ResultStream`. */
export const resultShape: readonly Attribute[] = [
  { name: 'throttleKey', type: 'string' },
  { name: 'isThrottled', type: 'bool' },
  { name: 'expiryTimeStamp', type: 'long' },
];
