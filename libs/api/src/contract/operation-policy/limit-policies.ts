import type { PolicySpecification } from './specification.js';

export const limitPolicies = {
  restrictIpAddress: {
    displayName: 'Restrict IP addresses',
    description: 'Lets only these addresses pass, or all but these; others get 403.',
    applicableFlows: ['request'],
    attributes: [
      {
        name: 'mode',
        displayName: 'Mode',
        description: 'allow: only the addresses of the list pass. deny: all others pass.',
        type: 'Enum',
        required: false,
        defaultValue: 'allow',
        allowedValues: ['allow', 'deny'],
      },
      {
        name: 'addresses',
        displayName: 'Addresses',
        description: 'IPv4 and IPv6 addresses or CIDR blocks, separated by commas or lines.',
        type: 'Text',
        required: true,
      },
    ],
  },
  restrictContentType: {
    displayName: 'Restrict content types',
    description: 'Refuses bodies of other media types with 415. Requests without a body pass.',
    applicableFlows: ['request'],
    attributes: [
      {
        name: 'contentTypes',
        displayName: 'Content types',
        description: 'Media types such as application/json or image/*, separated by commas.',
        type: 'String',
        required: true,
        validationRegex: '^[ -~]{3,1000}$',
      },
    ],
  },
  limitBodySize: {
    displayName: 'Limit body size',
    description: 'Refuses longer bodies with 413, as soon as they are known to be longer.',
    applicableFlows: ['request'],
    attributes: [
      {
        name: 'maxBytes',
        displayName: 'Most bytes',
        description: 'Length of the body in bytes, from 0 to 1000000000.',
        type: 'Integer',
        required: true,
        validationRegex: '^(?:0|[1-9][0-9]{0,8}|1000000000)$',
      },
    ],
  },
} as const satisfies Record<string, PolicySpecification>;
