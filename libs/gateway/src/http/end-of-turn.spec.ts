import { afterEach, describe, expect, it } from 'vitest';
import { raw } from '../../test/call.js';
import { defaultLimits } from '../gateway-options.js';
import { statusRefusal } from '../pipeline/verdict.js';
import { ClientAddressReader } from './client-address.js';
import { ClientCertificateReader } from './client-certificate.js';
import { ConnectionLimits } from './connection-limits.js';
import { Entrance, type EntranceOptions } from './entrance.js';
import { ResponseCounts } from './response-counts.js';

const nobody = new ClientAddressReader([]);
const answer = statusRefusal(404, 'Not Found', 'Nothing is here.');
let entrance: Entrance | null = null;
afterEach(() => entrance?.close(0));

async function listening(handle: EntranceOptions['handle']): Promise<number> {
  entrance = new Entrance({
    scheme: 'http',
    host: '127.0.0.1',
    port: 0,
    certificateBook: null,
    proxyProtocol: nobody,
    connectionLimits: new ConnectionLimits({ mostOpen: 0, perSecond: 0 }),
    limits: defaultLimits,
    addresses: nobody,
    certificates: new ClientCertificateReader(nobody, null),
    asksForCertificate: false,
    counts: new ResponseCounts(),
    nowMs: Date.now,
    handle,
  });
  return entrance.listen();
}

const get = 'GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n';

describe('what was answered in this turn of the event loop reaches its client', () => {
  it('when the entrance closes before the turn ends', async () => {
    const port = await listening((_x, _body, response) => {
      response.refuse(answer);
      queueMicrotask(() => void entrance?.close(1_000));
    });
    expect(await raw(port, get)).toMatch(/^HTTP\/1\.1 404 [^]*Nothing is here/);
  });

  it('before the connection speaks another protocol', async () => {
    let isFirst = true;
    const port = await listening((_x, _body, response) => {
      if (isFirst) response.refuse(answer);
      else response.takeOver()?.socket.end('another protocol');
      isFirst = false;
    });
    expect(await raw(port, get + get)).toMatch(/^HTTP\/1\.1 404 [^]*Nothing is here[^]*another protocol$/);
  });
});
