import type { PolicySpecification } from './specification.js';

export const answerPolicies = {
  redirect: {
    displayName: 'Redirect',
    description: 'Sends the caller to another address; the back end is not called.',
    applicableFlows: ['request'],
    attributes: [
      {
        name: 'location',
        displayName: 'Address',
        description: 'Absolute http or https address.',
        type: 'String',
        required: true,
        validationRegex: '^https?://[!-~]{1,2000}$',
      },
      {
        name: 'statusCode',
        displayName: 'Status',
        description: '301 and 308 are permanent; 307 and 308 keep the method.',
        type: 'Enum',
        required: false,
        defaultValue: '307',
        allowedValues: ['301', '302', '303', '307', '308'],
      },
      {
        name: 'appendResource',
        displayName: 'Append path and query',
        description: 'Whether the resource path and the query of the request are put behind the address.',
        type: 'Boolean',
        required: false,
        defaultValue: 'false',
      },
    ],
  },
  respond: {
    displayName: 'Respond',
    description: 'Answers with a fixed body. In the request flow the back end is not called.',
    applicableFlows: ['request', 'fault'],
    attributes: [
      {
        name: 'statusCode',
        displayName: 'Status',
        description: 'HTTP status from 200 to 599.',
        type: 'Integer',
        required: false,
        defaultValue: '200',
        validationRegex: '^[2-5][0-9]{2}$',
      },
      {
        name: 'contentType',
        displayName: 'Content type',
        description: 'Media type of the body.',
        type: 'String',
        required: false,
        defaultValue: 'application/json',
        validationRegex: '^[!-~](?:[ -~]{0,198}[!-~])?$',
      },
      {
        name: 'body',
        displayName: 'Body',
        description: 'The body as it is sent.',
        type: 'Text',
        required: false,
      },
    ],
  },
  respondWithExample: {
    displayName: 'Respond with example',
    description:
      'Answers with the example that the OpenAPI definition gives for this operation; the back end is not called.',
    applicableFlows: ['request'],
    attributes: [
      {
        name: 'statusCode',
        displayName: 'Status',
        description: 'A status that the definition has an answer for. Without it: the first of 200 to 299.',
        type: 'String',
        required: false,
        validationRegex: '^[2-5][0-9]{2}$',
      },
    ],
  },
} as const satisfies Record<string, PolicySpecification>;
