import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { raw } from '../../test/call.js';
import { startTestGateway, type TestGateway } from '../../test/fixture.js';
import { requestsIn, startRecordingBackEnd, type RecordingBackEnd } from '../../test/recording-back-end.js';
import { apiRecord, change, deploymentRecord, operation } from '../../test/records.js';

/** What an attacker hopes that one of the two servers takes for a request of its own. */
const smuggled = 'GET /open/1/smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n';
const line = 'POST /open/1/a HTTP/1.1\r\n';
const host = 'Host: localhost\r\n';

/** `name: value` lines that state the length of a body in a way that some server reads otherwise. */
const lengths = [
  '+5',
  '-5',
  '5 5',
  '5,5',
  '5, 5',
  '5,6',
  '0x5',
  '05.0',
  '5e0',
  '5_0',
  '٥',
  '',
  ' ',
  '"5"',
  '5;a',
  '5\t5',
  '\v5',
  '5\f',
  '99999999999999999999',
  'abc',
  '5\x00',
  '\x005',
  '5\x1f',
  '5\x7f',
  '0,5',
  '5\r',
  '5\n',
  '½',
  '5L',
  'NaN',
  'Infinity',
  '1,',
  ',1',
  '--1',
  '5\x80',
].map((value) => `Content-Length: ${value}\r\n`);

const codings = [
  'xchunked',
  'chunkedx',
  'chunked, identity',
  'identity',
  'identity, chunked',
  'gzip, chunked',
  'chunked, gzip',
  'chunked,chunked',
  'chunked;a=b',
  'chunked; a',
  '"chunked"',
  "'chunked'",
  'chunked\x00',
  '\x00chunked',
  '\vchunked',
  'chunked\f',
  'chun\rked',
  'chun\nked',
  'chunked\x7f',
  '',
  ',',
  ', chunked',
  'chunked,',
  'c hunked',
  'cow',
  'chunked\xa0',
  '\xa0chunked',
  'ſchunked',
  'deflate',
  'chunked\x1f',
  'trailers',
  'chunked\x0b',
].map((value) => `Transfer-Encoding: ${value}\r\n`);

/** Names that some server takes for one of the framing fields. */
const names = ['Content-Length', 'Transfer-Encoding'].flatMap((name) => {
  const value = name === 'Content-Length' ? '5' : 'chunked';
  return [
    `${name} : ${value}\r\n`,
    `${name}\t: ${value}\r\n`,
    ` ${name}: ${value}\r\n`,
    `\t${name}: ${value}\r\n`,
    `${name}\x00: ${value}\r\n`,
    `\x00${name}: ${value}\r\n`,
    `${name}\r: ${value}\r\n`,
    `\r${name}: ${value}\r\n`,
    `${name}\n: ${value}\r\n`,
    `${name}\x0b: ${value}\r\n`,
    `${name}\x7f: ${value}\r\n`,
    `${name}\xa0: ${value}\r\n`,
    `"${name}": ${value}\r\n`,
    `${name} ${value}\r\n`,
    `${name}=${value}\r\n`,
    `${name.replace('-', ' ')}: ${value}\r\n`,
    `${name}:\r\n ${value}\r\n`,
    `${name}:\r\n\t${value}\r\n`,
    `X: y\n${name}: ${value}\r\n`,
    `X: y\r${name}: ${value}\r\n`,
    `X: y\r\r\n${name}: ${value}\r\n`,
    `X: y\n\r${name}: ${value}\r\n`,
    `X: y\r\n ${name}: ${value}\r\n`,
    `: ${value}\r\n${name}: ${value}\r\n`,
    `:\r\n${name}: ${value}\r\n`,
    `[${name}]: ${value}\r\n`,
    `${name}@: ${value}\r\n`,
    `(${name}): ${value}\r\n`,
  ];
});

const both = ['chunked', 'Chunked', 'CHUNKED', 'identity'].flatMap((coding) =>
  ['0', '5', '50', '500'].flatMap((length) => [
    `Content-Length: ${length}\r\nTransfer-Encoding: ${coding}\r\n`,
    `Transfer-Encoding: ${coding}\r\nContent-Length: ${length}\r\n`,
  ]),
);

const twice = ['5', '6', '0', '05', '+5', '5 '].flatMap((second) => [
  `Content-Length: 5\r\nContent-Length: ${second}\r\n`,
  `content-length: 5\r\nX: y\r\nCONTENT-LENGTH: ${second}\r\n`,
]);

const twoCodings = ['chunked', 'identity', 'x', ''].flatMap((second) => [
  `Transfer-Encoding: chunked\r\nTransfer-Encoding: ${second}\r\n`,
  `Transfer-Encoding: ${second}\r\ntransfer-encoding: chunked\r\n`,
]);

/** Bodies whose chunks are read in two ways; behind `Transfer-Encoding: chunked`. */
const chunks = [
  '+5',
  '-5',
  '0x5',
  '5 ',
  ' 5',
  '5\t',
  '5\x0b',
  '5\x00',
  '5,5',
  '5\n',
  '5\r',
  '',
  ';',
  'g',
  '5g',
  '00000000000000000005',
  'fffffffffffffffff',
  '5;\n',
  '5;a\nb',
  '5;\x00',
  '5\r\r',
  '5\n\r',
  '"5"',
  '5;a\rb',
  '１',
].map((size) => `${line}${host}Transfer-Encoding: chunked\r\n\r\n${size}\r\nhello\r\n0\r\n\r\n`);
const chunkEnds = [
  '5\r\nhello\n0\r\n\r\n',
  '5\r\nhello0\r\n\r\n',
  '4\r\nhello\r\n0\r\n\r\n',
  '5\r\nhello\r0\r\n\r\n',
  '5\r\nhello\r\n0\n\r\n',
  '0\n\n',
  '0\r\n\n',
  '0\r\n: a\r\n\r\n',
  '0\r\n a: b\r\n\r\n',
  '0\r\na : b\r\n\r\n',
  '0\r\na\nb: c\r\n\r\n',
  '0\r\na: b\n\r\n',
].map((body) => `${line}${host}Transfer-Encoding: chunked\r\n\r\n${body}`);

const lines = [
  'POST  /open/1/a HTTP/1.1\r\n',
  'POST /open/1/a  HTTP/1.1\r\n',
  'POST\t/open/1/a HTTP/1.1\r\n',
  'POST /open/1/a\tHTTP/1.1\r\n',
  ' POST /open/1/a HTTP/1.1\r\n',
  'POST /open/1/a HTTP/1.1 \r\n',
  'POST /open/1/a HTTP/1.1\n',
  'POST /open/1/a HTTP/1.1\r\r\n',
  'POST /open/1/a HTTP/1.1\x00\r\n',
  'POST /open/1/a HTTP/1.10\r\n',
  'POST /open/1/a HTTP/01.1\r\n',
  'POST /open/1/a http/1.1\r\n',
  'POST /open/1/a HTTP 1.1\r\n',
  'POST /open/1/a HTTP/1,1\r\n',
  'POST /open/1/a\r\n',
  'POST /open/1/a b HTTP/1.1\r\n',
  'POST /open/1/a\x00b HTTP/1.1\r\n',
  'POST /open/1/a\x0bb HTTP/1.1\r\n',
  'POST /open/1/a\rb HTTP/1.1\r\n',
  'POST /open/1/a\xff HTTP/1.1\r\n',
  'POST open/1/a HTTP/1.1\r\n',
  'POST * HTTP/1.1\r\n',
  'POST /open/1/a#b HTTP/1.1\r\n',
  'POST /open/1/a?b#c HTTP/1.1\r\n',
  'POST:/open/1/a HTTP/1.1\r\n',
  '\r\n\r\nPOST /open/1/a HTTP/1.1\r\n',
  '\nPOST /open/1/a HTTP/1.1\r\n',
  '\rPOST /open/1/a HTTP/1.1\r\n',
  'POST http:///open/1/a HTTP/1.1\r\n',
  'POST http://a@localhost/open/1/a HTTP/1.1\r\n',
  'POST ftp://localhost/open/1/a HTTP/1.1\r\n',
];

const hosts = [
  '',
  'Host: a\r\nHost: localhost\r\n',
  'Host:\r\n',
  'Host: a b\r\n',
  'Host: a/b\r\n',
  'Host: a@b\r\n',
  'Host: a?b\r\n',
  'Host: a#b\r\n',
  'Host: a,b\r\n',
  'Host: localhost:\r\n',
  'Host: localhost:x\r\n',
  'Host: localhost:123456\r\n',
  'Host: http://localhost\r\n',
  'Host : localhost\r\n',
  'Host\r\n',
  'Host: localhost\x00\r\n',
  'Host: a\\b\r\n',
  'host: localhost\r\nHOST: localhost\r\n',
];

const heads: string[] = [
  ...[...lengths, ...codings, ...names, ...both, ...twice, ...twoCodings].map(
    (fields) => `${line}${host}${fields}\r\nhello${smuggled}`,
  ),
  ...[...chunks, ...chunkEnds].map((bytes) => bytes + smuggled),
  ...lines.map((first) => `${first}${host}Content-Length: 5\r\n\r\nhello${smuggled}`),
  ...hosts.map((field) => `${line}${field}Content-Length: 5\r\n\r\nhello${smuggled}`),
  ...['chunked', 'Chunked', 'identity'].map(
    (coding) => `POST /open/1/a HTTP/1.0\r\n${host}Transfer-Encoding: ${coding}\r\n\r\n0\r\n\r\n${smuggled}`,
  ),
];

let backEnd: RecordingBackEnd;
let g: TestGateway;
beforeAll(async () => {
  backEnd = await startRecordingBackEnd();
  const operations = (['GET', 'POST'] as const).map((verb) => operation({ verb, target: '/*', authType: 'None' }));
  g = await startTestGateway(backEnd.url, [
    change.api(apiRecord({ uuid: 'open', context: '/open', basePath: '/open/1' })),
    change.deployment(deploymentRecord({ apiUuid: 'open', operations, productionEndpoints: [{ url: backEnd.url }] })),
  ]);
});
afterAll(async () => {
  await g.stop();
  await backEnd.close();
});

describe('R-48 V-49 V-51 a request that two servers could read in two ways', () => {
  it(`(${heads.length} of them) is answered 400 and its connection ends; the back end never sees a second request`, async () => {
    expect(heads.length).toBeGreaterThanOrEqual(200);
    const wrong: unknown[] = [];
    for (const bytes of heads) {
      const answer = await raw(g.port, bytes, 3_000);
      const statuses = answer.match(/HTTP\/1\.1 \d{3}/g) ?? [];
      const seen = requestsIn(backEnd.take());
      const isRefused = statuses.join() === 'HTTP/1.1 400' && /\r\nconnection: close\r\n/i.test(answer);
      if (!isRefused || seen > 1) wrong.push({ bytes, statuses, seen });
    }
    expect(wrong).toEqual([]);
  });

  it('and the same server answers two plain requests on one connection, so the list tests something', async () => {
    const plain = `${line}${host}Content-Length: 5\r\n\r\nhello${smuggled.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')}`;
    expect((await raw(g.port, plain)).match(/HTTP\/1\.1 200/g)).toHaveLength(2);
    expect(requestsIn(backEnd.take())).toBe(2);
  });
});
