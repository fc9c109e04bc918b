import { describe, expect, it } from 'vitest';
import { readProxyPreamble } from './proxy-preamble.js';

const v1 = (line: string) => readProxyPreamble(Buffer.from(`${line}\r\nGET /`));
const head = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
function v2(command: number, family: number, payload: Buffer): Buffer {
  const size = Buffer.alloc(2);
  size.writeUInt16BE(payload.length);
  return Buffer.concat([head, Buffer.from([0x20 | command, family]), size, payload]);
}
const ipv6 = Buffer.concat([Buffer.from('20010db8000000000000000000000001', 'hex'), Buffer.alloc(20)]);

describe('the PROXY protocol (Q19)', () => {
  it.each([
    ['PROXY TCP4 198.51.100.7 10.0.0.1 5000 443', '198.51.100.7'],
    ['PROXY TCP6 2001:db8::7 2001:db8::1 5000 443', '2001:db8::7'],
    ['PROXY UNKNOWN', null],
    ['PROXY UNKNOWN what ever', null],
  ])('version 1: %s', (line, address) => {
    expect(v1(line)).toEqual({ address, length: line.length + 2 });
  });

  it('version 2 tells IPv4, IPv6, IPv4 within IPv6, and checks of the load balancer itself', () => {
    const four = v2(1, 0x11, Buffer.from([198, 51, 100, 7, 10, 0, 0, 1, 19, 136, 1, 187]));
    expect(readProxyPreamble(Buffer.concat([four, Buffer.from('GET /')]))).toEqual({
      address: '198.51.100.7',
      length: 28,
    });
    expect(readProxyPreamble(v2(1, 0x21, ipv6))).toEqual({ address: '2001:db8:0:0:0:0:0:1', length: 52 });
    const wrapped = Buffer.concat([Buffer.alloc(10), Buffer.from([255, 255, 198, 51, 100, 7]), Buffer.alloc(20)]);
    expect(readProxyPreamble(v2(1, 0x21, wrapped))).toMatchObject({ address: '198.51.100.7' });
    expect(readProxyPreamble(v2(0, 0, Buffer.alloc(0)))).toEqual({ address: null, length: 16 });
    const withExtensions = v2(
      1,
      0x11,
      Buffer.concat([Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 0, 2]), Buffer.alloc(40)]),
    );
    expect(readProxyPreamble(withExtensions)).toEqual({ address: '1.2.3.4', length: 68 });
  });

  it('is waited for byte by byte', () => {
    for (const whole of [Buffer.from('PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n'), v2(1, 0x21, ipv6)]) {
      for (let i = 0; i < whole.length; i++) expect(readProxyPreamble(whole.subarray(0, i))).toBe('more');
    }
  });

  it.each([
    'GET / HTTP/1.1',
    'PROXY TCP4 1.2.3.4 5.6.7.8 1',
    'PROXY TCP4 1.2.3 5.6.7.8 1 2',
    'PROXY TCP6 1.2.3.4 5.6.7.8 1 2',
    'PROXY TCP4 1.2.3.4 5.6.7.8 1 70000',
    'PROXY  TCP4 1.2.3.4 5.6.7.8 1 2',
    `PROXY UNKNOWN ${'x'.repeat(200)}`,
  ])('is nothing like: %s', (line) => expect(v1(line)).toBe('broken'));

  it('version 2 with another version, command, family or an endless rest is broken', () => {
    const right = v2(1, 0x11, Buffer.alloc(12));
    const with13 = (value: number, at: number): Buffer => {
      const copy = Buffer.from(right);
      copy[at] = value;
      return copy;
    };
    for (const bytes of [with13(0x11, 12), with13(0x22, 12), with13(0x31, 13), with13(0xff, 14)]) {
      expect(readProxyPreamble(bytes)).toBe('broken');
    }
    expect(readProxyPreamble(v2(1, 0x11, Buffer.alloc(4)))).toBe('broken');
  });
});
