// A subscriber that does nothing but count: with it the broker alone is measured.
import { connect } from 'mqtt';
import { topicFilter } from '../core/domain/topics.ts';

const { url, user, password, messages } = JSON.parse(process.argv[2] ?? '{}') as {
  url: string;
  user: string;
  password: string;
  messages: number;
};
let count = 0;
let first = 0;
const client = connect(url, { username: user, password, protocolVersion: 4, clean: true });
client.handleMessage = (_packet, done) => {
  if (count++ === 0) first = performance.now();
  if (count === messages) {
    process.stdout.write(`${JSON.stringify({ done: true, seconds: (performance.now() - first) / 1000 })}\n`);
  }
  done();
};
client.on('connect', () => {
  client.subscribe(topicFilter('batch'), { qos: 1 }, () => process.stdout.write('sink ready\n'));
});
process.on('SIGTERM', () => client.end(true, () => process.exit(0)));
