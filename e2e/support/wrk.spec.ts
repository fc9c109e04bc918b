import { expect, it } from 'vitest';
import { readWrk } from './wrk.js';

const good = `Running 2s test @ http://127.0.0.1:8080/x
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     4.03ms    1.11ms  21.52ms   91.03%
    Req/Sec    16.02k     1.90k   19.00k    75.00%
  Latency Distribution
     50%  500.00us
     75%    4.20ms
     90%    4.90ms
     99%    1.02s
  31888 requests in 2.00s, 30.12MB read
Requests/sec:  15944.12
Transfer/sec:     15.06MB
`;

it('reads the rate and the latencies in their units', () => {
  expect(readWrk(good)).toEqual({ perSecond: 15944.12, p50Ms: 0.5, p99Ms: 1020, errors: 0 });
});

it('counts refusals and every kind of socket error', () => {
  const more = '  Socket errors: connect 1, read 2, write 3, timeout 4\n  Non-2xx or 3xx responses: 50\n';
  expect(readWrk(good.replace('Requests/sec', `${more}Requests/sec`)).errors).toBe(60);
});

it('takes nothing that it cannot read', () => {
  expect(() => readWrk('unable to connect to 127.0.0.1:8080')).toThrow('wrk printed');
});
