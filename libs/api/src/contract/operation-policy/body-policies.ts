import type { PolicySpecification } from './specification.js';

export const bodyPolicies = {
  jsonToXML: {
    displayName: 'JSON to XML',
    description:
      'Makes XML of JSON bodies: names become elements, lists repeat them, @name an attribute and #text the text. Other bodies pass as they are.',
    applicableFlows: ['request', 'response'],
    attributes: [
      {
        name: 'rootElement',
        displayName: 'Root element',
        description: 'Name of the outermost element.',
        type: 'String',
        required: false,
        defaultValue: 'jsonObject',
        validationRegex: '^[A-Za-z_][A-Za-z0-9_.-]{0,99}$',
      },
    ],
  },
  xmlToJson: {
    displayName: 'XML to JSON',
    description:
      'Makes JSON of XML bodies: elements become names, repeated ones lists, attributes @name and text beside elements #text. Other bodies pass as they are.',
    applicableFlows: ['request', 'response'],
    attributes: [],
  },
  patchJson: {
    displayName: 'Patch JSON',
    description: 'Applies a JSON Patch (RFC 6902) to JSON bodies. Other bodies pass as they are.',
    applicableFlows: ['request', 'response', 'fault'],
    attributes: [
      {
        name: 'patch',
        displayName: 'Patch',
        description: 'A list such as [{"op": "add", "path": "/source", "value": "gateway"}].',
        type: 'Text',
        required: true,
      },
    ],
  },
  templateJson: {
    displayName: 'JSON template',
    description: 'Makes a new JSON body of a template. Other bodies pass as they are.',
    applicableFlows: ['request', 'response', 'fault'],
    attributes: [
      {
        name: 'template',
        displayName: 'Template',
        description:
          'JSON in which a text such as "${/customer/name}" stands for the value at that JSON pointer of the body, null where there is none.',
        type: 'Text',
        required: true,
      },
    ],
  },
  maskFields: {
    displayName: 'Mask fields',
    description:
      'Masks values of JSON bodies by the names of their fields, at any depth. A body that is no JSON is not passed on.',
    applicableFlows: ['request', 'response', 'fault'],
    attributes: [
      {
        name: 'fieldPattern',
        displayName: 'Field names',
        description:
          'Regular expression (RE2) that the whole name has to match, for example (?i)password|card_?number.',
        type: 'String',
        required: true,
        validationRegex: '^[^\\u0000-\\u001f]{1,500}$',
      },
      {
        name: 'valuePattern',
        displayName: 'Part of the value',
        description:
          'Regular expression (RE2): only what it finds in the value is masked. Without it: the whole value.',
        type: 'String',
        required: false,
        validationRegex: '^[^\\u0000-\\u001f]{1,500}$',
      },
      {
        name: 'mask',
        displayName: 'Mask',
        description: 'What stands there instead.',
        type: 'String',
        required: false,
        defaultValue: '***',
        validationRegex: '^[^\\u0000-\\u001f]{0,100}$',
      },
    ],
  },
} as const satisfies Record<string, PolicySpecification>;
