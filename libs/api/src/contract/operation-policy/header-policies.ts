import type { PolicyAttribute, PolicySpecification } from './specification.js';

const everywhere = ['request', 'response', 'fault'] as const;
const token = "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$";

const headerName = {
  name: 'headerName',
  displayName: 'Header name',
  description: 'Name of the header, in any letter case.',
  type: 'String',
  required: true,
  validationRegex: token,
} as const satisfies PolicyAttribute;

const headerValue = {
  name: 'headerValue',
  displayName: 'Header value',
  description: 'Value of the header: one line of visible ASCII characters.',
  type: 'String',
  required: true,
  validationRegex: '^[!-~](?:[ -~]{0,4000}[!-~])?$',
} as const satisfies PolicyAttribute;

export const headerPolicies = {
  addHeader: {
    displayName: 'Add header',
    description: 'Adds a header beside those of the same name.',
    applicableFlows: everywhere,
    attributes: [headerName, headerValue],
  },
  setHeader: {
    displayName: 'Set header',
    description: 'Sets a header; those of the same name are replaced.',
    applicableFlows: everywhere,
    attributes: [headerName, headerValue],
  },
  removeHeader: {
    displayName: 'Remove header',
    description: 'Removes all headers of this name.',
    applicableFlows: everywhere,
    attributes: [headerName],
  },
  renameHeader: {
    displayName: 'Rename header',
    description: 'Gives headers another name; those that had it are replaced.',
    applicableFlows: everywhere,
    attributes: [
      headerName,
      {
        name: 'newHeaderName',
        displayName: 'New header name',
        description: 'Name that the header gets.',
        type: 'String',
        required: true,
        validationRegex: token,
      },
    ],
  },
} as const satisfies Record<string, PolicySpecification>;
