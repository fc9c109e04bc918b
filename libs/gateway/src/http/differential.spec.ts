import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultLimits } from '../gateway-options.js';
import { normalisePath } from '../pipeline/path.js';
import { ClientAddressReader } from './client-address.js';
import { ClientCertificateReader } from './client-certificate.js';
import { ConnectionLimits } from './connection-limits.js';
import { Entrance } from './entrance.js';
import { ResponseCounts } from './response-counts.js';

/** One request as a server understood it. */
interface Understood {
  readonly method: string;
  readonly target: string;
  readonly fields: readonly string[];
  readonly body: string;
}

/** More, and other ones each time, by TOLLGATE_FUZZ_RUNS and TOLLGATE_FUZZ_SEED. */
const runs = Number(process.env['TOLLGATE_FUZZ_RUNS'] ?? 1_500);
const seed = Number(process.env['TOLLGATE_FUZZ_SEED'] ?? 20_261);

/** What we refuse although llhttp takes it, by the reason that the caller is told. */
const stricter = [
  /exactly one Host field/, // llhttp leaves Host to its user
  /Host field has to name one host/,
  /stated in a way that can be read twice/, // a coding beside chunked, HTTP/1.0 with a coding, long lengths
  /control character or a line that does not end in CRLF/, // llhttp ends a few kinds of lines by LF alone
  /begin with a field name and a colon/,
  /first line has to be/, // bytes outside ASCII in the target, several spaces
  /begins with empty lines/, // more than one
  /chunked coding of the body is broken/, // leading zeros without end, control characters in extensions, loose trailers
  /^The path /, // forms that back ends read in different ways
  /request target has a "#"/,
  /is not supported\./, // TRACE, and expectations other than 100-continue
  /WebSocket/,
  /version of HTTP cannot be spoken/,
  /method is not known/,
  /body may have at most/,
];

let node: Server;
let nodePort = 0;
let ours: Entrance;
let ourPort = 0;
let seenByNode: Understood[] = [];
let seenByUs: Understood[] = [];

beforeAll(async () => {
  node = createServer({ requireHostHeader: false, maxHeaderSize: defaultLimits.maxHeaderBytes }, (req, res) => {
    let body = '';
    req.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')));
    req.on('error', () => undefined);
    req.on('end', () => {
      seenByNode.push({ method: req.method ?? '', target: req.url ?? '', fields: req.rawHeaders, body });
      res.setHeader('Content-Length', '0').end();
    });
  });
  Object.assign(node, { httpAllowHalfOpen: true });
  node.on('clientError', (_error, socket) => socket.destroy());
  nodePort = await new Promise((resolve) => {
    node.listen(0, '127.0.0.1', () => resolve((node.address() as AddressInfo).port));
  });
  const addresses = new ClientAddressReader([]);
  ours = new Entrance({
    scheme: 'http',
    host: '127.0.0.1',
    port: 0,
    limits: defaultLimits,
    addresses,
    certificates: new ClientCertificateReader(addresses, null),
    asksForCertificate: false,
    certificateBook: null,
    proxyProtocol: addresses,
    connectionLimits: new ConnectionLimits({ mostOpen: 0, perSecond: 0 }),
    counts: new ResponseCounts(),
    nowMs: Date.now,
    handle: (x, requestBody, response) => {
      const answer = (body: string): void => {
        seenByUs.push({ method: x.method, target: x.path + x.query, fields: x.headers.raw, body });
        response.head(200, ['Content-Length', '0']);
        response.end();
      };
      if (requestBody === null) return answer('');
      let body = '';
      const stream = requestBody.open();
      stream.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')));
      stream.on('end', () => answer(body));
      return undefined;
    },
  });
  ourPort = await ours.listen();
});
afterAll(async () => {
  node.close();
  node.closeAllConnections();
  await ours.close(0);
});

/** Sends the pieces, ends, and gives all that comes back. */
async function send(port: number, pieces: readonly Buffer[]): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  socket.on('end', () => socket.end());
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  for (const piece of pieces) {
    if (socket.writable) socket.write(piece);
    if (pieces.length > 1) await new Promise(setImmediate);
  }
  if (socket.writable) socket.end();
  await closed;
  return text;
}

const corpus = [
  'GET /a?b=c HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n',
  'HEAD /a HTTP/1.1\r\nHost: localhost:80\r\nX-Empty:\r\nX-Padded:  a b\t\r\n\r\n',
  'POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello',
  'PUT /a HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n',
  'POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n',
  'POST /a HTTP/1.1\r\nHost: localhost\r\ntransfer-encoding: Chunked\r\nTrailer: X-T\r\n\r\n3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n',
  'GET /a HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n',
  'GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
  'DELETE /a HTTP/1.1\r\nHost: localhost\r\nCookie: a=b; c=d\r\nCookie: e\r\nX-\xe4: \xfc\r\n\r\n',
  'OPTIONS /a HTTP/1.1\r\nHost: localhost\r\nX-Latin: \xe4\xf6\xfc\r\n\r\n',
  '\r\nPATCH /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 003\r\n\r\nabc',
];

const odd = [
  '\r',
  '\n',
  '\r\n',
  '\0',
  ' ',
  '\t',
  ':',
  ';',
  ',',
  '+',
  '-',
  '0',
  '1',
  '9',
  'a',
  'f',
  'x',
  '\x7f',
  '\x80',
  '\xff',
  '"',
  '#',
  '%',
  '/',
  '\r\n ',
  '\r\n\r\n',
  'Content-Length: 3\r\n',
  'Transfer-Encoding: chunked\r\n',
  'HTTP/1.1',
  'chunked',
  'GET / HTTP/1.1\r\nHost: b\r\n\r\n',
];

const mutation = fc.record({
  at: fc.nat(400),
  cut: fc.integer({ min: 0, max: 3 }),
  put: fc.oneof(fc.constantFrom(...odd), fc.constant('')),
});
const stream = fc.record({
  messages: fc.array(fc.constantFrom(...corpus), { minLength: 1, maxLength: 3 }),
  mutations: fc.array(mutation, { maxLength: 3 }),
  splits: fc.array(fc.nat(400), { maxLength: 2 }),
});

describe('R-48 V-49 held against llhttp', () => {
  it('what we take, it takes with the same meaning; what it takes and we refuse has a reason on the list', async () => {
    let taken = 0;
    let refusedByUsAlone = 0;
    const holds = async ({
      messages,
      mutations,
      splits,
    }: {
      messages: string[];
      mutations: { at: number; cut: number; put: string }[];
      splits: number[];
    }) => {
      let text = messages.join('');
      for (const { at, cut, put } of mutations) {
        const i = at % (text.length + 1);
        text = text.slice(0, i) + put + text.slice(i + cut);
      }
      const bytes = Buffer.from(text, 'latin1');
      const cuts = [0, ...splits.map((split) => split % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
      const pieces = cuts.slice(1).map((end, i) => bytes.subarray(cuts[i], end));
      seenByNode = [];
      seenByUs = [];
      const [answers] = await Promise.all([send(ourPort, pieces), send(nodePort, pieces)]);
      taken += seenByUs.length;
      const inBoth = seenByNode.slice(0, seenByUs.length);
      expect(seenByUs).toEqual(inBoth.map((each) => ({ ...each, target: ourForm(each.target) })));
      if (seenByUs.length === seenByNode.length) return;
      refusedByUsAlone++;
      if (seenByNode[seenByUs.length]?.method === 'HEAD') return; // its refusal has no body that tells the reason
      const last = answers.slice(answers.lastIndexOf('HTTP/1.1 '));
      const told = (JSON.parse(last.slice(last.indexOf('\r\n\r\n') + 4)) as { description: string }).description;
      expect(
        stricter.some((reason) => reason.test(told)),
        `${JSON.stringify(text)}: ${told}`,
      ).toBe(true);
    };
    await fc.assert(fc.asyncProperty(stream, holds), { numRuns: runs, seed });
    expect(taken).toBeGreaterThan(runs / 4); // else the property holds of nothing
    expect(refusedByUsAlone).toBeGreaterThan(0);
  }, 600_000);
});

/** The generator makes paths whose only other form is this one: an escape or slash of a mutation is told as refused. */
function ourForm(target: string): string {
  const path = /^https?:\/\/[^/?#]*(.*)$/i.exec(target)?.[1] ?? target;
  const mark = path.indexOf('?');
  const [before, query] = mark < 0 ? [path, ''] : [path.slice(0, mark), path.slice(mark)];
  const form = normalisePath(before === '' ? '/' : before);
  return 'path' in form ? form.path + query : target;
}
