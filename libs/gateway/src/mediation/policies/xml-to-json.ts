import { BodyProblem, onBodies } from '../body-policy.js';
import { isXml, mediaTypeOf } from '../media-type.js';
import type { PolicyFactory } from '../policy.js';
import { readXml, XmlProblem } from '../xml-reader.js';

export const xmlToJson: PolicyFactory<'xmlToJson'> = () =>
  onBodies(
    ({ fields }) => isXml(mediaTypeOf(fields)),
    (message, body) => {
      message.body = Buffer.from(JSON.stringify(read(body)));
      message.fields.set('Content-Type', 'application/json');
    },
  );

function read(body: Buffer): unknown {
  try {
    return readXml(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    if (!(error instanceof XmlProblem || error instanceof TypeError)) throw error;
    throw new BodyProblem(`The body is no XML that can be read: ${error.message}.`);
  }
}
