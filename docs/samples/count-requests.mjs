// Counts the requests of each API. Usage: node count-requests.mjs amqp://user:password@host:5672 [exchange prefix]
import { connect } from 'amqplib';
const [url, prefix = 'tollgate'] = process.argv.slice(2);
const channel = await (await connect(url)).createChannel();
await channel.assertExchange(`${prefix}.requestEvents`, 'topic', { durable: true });
await channel.assertExchange(`${prefix}.presence`, 'direct', { durable: true });
// While this queue is there, gateways see that somebody listens; it goes with the connection.
const here = await channel.assertQueue('', { exclusive: true, durable: false, messageTtl: 0, maxLength: 1 });
await channel.bindQueue(here.queue, `${prefix}.presence`, 'requestEvents');
const { queue } = await channel.assertQueue(`${prefix}.analytics`, { durable: true, maxLength: 100_000 });
await channel.bindQueue(queue, `${prefix}.requestEvents`, '#');
const [seen, totals] = [new Set(), {}];
await channel.consume(queue, (message) => {
  const { type, publisher, seq, data } = JSON.parse(message.content.toString());
  if (type === 'REQUEST_BATCH' && !seen.has(`${publisher}/${seq}`)) {
    seen.add(`${publisher}/${seq}`); // the same batch may come twice: after a reconnect, or handed on by a traffic manager
    for (const event of data.events) totals[event.apiContext] = (totals[event.apiContext] ?? 0) + event.count;
    console.log(JSON.stringify(totals));
  }
  channel.ack(message);
});
