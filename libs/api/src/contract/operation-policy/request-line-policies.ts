import type { PolicyAttribute, PolicySpecification } from './specification.js';

const onRequests = ['request'] as const;

const paramKey = {
  name: 'paramKey',
  displayName: 'Parameter name',
  description: 'Name of the query parameter, not encoded.',
  type: 'String',
  required: true,
  validationRegex: '^[^\\u0000-\\u001f\\u007f]{1,200}$',
} as const satisfies PolicyAttribute;

const paramValue = {
  name: 'paramValue',
  displayName: 'Parameter value',
  description: 'Value of the query parameter, not encoded.',
  type: 'String',
  required: true,
  validationRegex: '^[^\\u0000-\\u001f\\u007f]{1,2000}$',
} as const satisfies PolicyAttribute;

export const requestLinePolicies = {
  addQueryParam: {
    displayName: 'Add query parameter',
    description: 'Adds a query parameter beside those of the same name.',
    applicableFlows: onRequests,
    attributes: [paramKey, paramValue],
  },
  setQueryParam: {
    displayName: 'Set query parameter',
    description: 'Sets a query parameter; those of the same name are replaced.',
    applicableFlows: onRequests,
    attributes: [paramKey, paramValue],
  },
  removeQueryParam: {
    displayName: 'Remove query parameter',
    description: 'Removes all query parameters of this name.',
    applicableFlows: onRequests,
    attributes: [paramKey],
  },
  renameQueryParam: {
    displayName: 'Rename query parameter',
    description: 'Gives query parameters another name.',
    applicableFlows: onRequests,
    attributes: [
      paramKey,
      {
        name: 'newParamKey',
        displayName: 'New parameter name',
        description: 'Name that the parameter gets, not encoded.',
        type: 'String',
        required: true,
        validationRegex: '^[^\\u0000-\\u001f\\u007f]{1,200}$',
      },
    ],
  },
  rewriteResourcePath: {
    displayName: 'Rewrite resource path',
    description: 'Calls another path below the base path of the endpoint.',
    applicableFlows: onRequests,
    attributes: [
      {
        name: 'newResourcePath',
        displayName: 'New resource path',
        description:
          'A path such as /v2/items/{id}. {id} is filled in from the path of the operation; /* at the end takes what its /* matched.',
        type: 'String',
        required: true,
        validationRegex: "^/[A-Za-z0-9!$&'()*+,=:@._~{}/-]{0,500}$",
      },
      {
        name: 'includeQueryParams',
        displayName: 'Keep query parameters',
        description: 'Whether the query parameters of the request go along.',
        type: 'Boolean',
        required: false,
        defaultValue: 'true',
      },
    ],
  },
  changeHTTPMethod: {
    displayName: 'Change HTTP method',
    description: 'Calls the back end by another method.',
    applicableFlows: onRequests,
    attributes: [
      {
        name: 'updatedMethod',
        displayName: 'New method',
        description: 'Method of the call to the back end.',
        type: 'Enum',
        required: true,
        allowedValues: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      },
    ],
  },
} as const satisfies Record<string, PolicySpecification>;
