import { onBodies, readJson } from '../body-policy.js';
import { isJson, mediaTypeOf } from '../media-type.js';
import type { PolicyFactory } from '../policy.js';
import { writeXml } from '../xml-writer.js';

export const jsonToXML: PolicyFactory<'jsonToXML'> = ({ rootElement }) =>
  onBodies(
    ({ fields }) => isJson(mediaTypeOf(fields)),
    (message, body) => {
      message.body = Buffer.from(writeXml(readJson(body), rootElement));
      message.fields.set('Content-Type', 'application/xml; charset=UTF-8');
    },
  );
