// Drives a Kinesis-compatible server with the official SDK for JavaScript, over HTTP/2: puts numbered records while shards are split and merged,
// reads them by polling and by fan-out, and compares. Prints one line of JSON. The exit code is 0 if both received every record once, in order.
//
//   node drive.mjs ENDPOINT FOLDER-OF-NODE_MODULES
import { createRequire } from 'node:module';
import path from 'node:path';

const [endpoint, modules] = process.argv.slice(2);
const require = createRequire(path.join(modules, 'drive.cjs'));
const sdk = require('@aws-sdk/client-kinesis');

const StreamName = 'driven-by-js';
const RECORDS = 300;
const client = new sdk.KinesisClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, maxAttempts: 1 });
const call = (name, input) => client.send(new sdk[name + 'Command'](input));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const waitFor = async (what, condition) => {
  for (let i = 0; i < 600; i++) {
    const found = await condition();
    if (found) return found;
    await pause(50);
  }
  throw new Error('waited in vain for ' + what);
};
const active = () => waitFor('an ACTIVE stream', async () => (await call('DescribeStreamSummary', { StreamName })).StreamDescriptionSummary.StreamStatus === 'ACTIVE');
const numberOf = (record) => Number(Buffer.from(record.Data).toString());
const expectFault = async (name, promise) => {
  try {
    await promise;
  } catch (fault) {
    if (fault.name === name) return;
    throw fault;
  }
  throw new Error('expected ' + name);
};

// Reads each shard after its parents. A child of two parents is read when both have ended.
const walk = async (roots, readShard) => {
  const ended = new Set(), started = new Set(), running = [];
  const begin = (shardId, parents) => {
    if (started.has(shardId) || parents.some((parent) => !ended.has(parent))) return;
    started.add(shardId);
    running.push((async () => {
      const children = await readShard(shardId);
      ended.add(shardId);
      for (const child of children ?? []) begin(child.ShardId, child.ParentShards);
    })());
  };
  for (const root of roots) begin(root, []);
  for (let i = 0; i < running.length; i++) await running[i];
};

await expectFault('ResourceNotFoundException', call('DescribeStreamSummary', { StreamName: 'nowhere' }));
await call('CreateStream', { StreamName, ShardCount: 2 });
await active();
await expectFault('ResourceInUseException', call('CreateStream', { StreamName, ShardCount: 2 }));
await expectFault('InvalidArgumentException', call('GetRecords', { ShardIterator: 'AAAA' }));
const description = (await call('DescribeStream', { StreamName })).StreamDescription;
const roots = description.Shards.map((shard) => shard.ShardId);
const { Consumer } = await call('RegisterStreamConsumer', { StreamARN: description.StreamARN, ConsumerName: 'js' });
await waitFor('an ACTIVE consumer', async () => (await call('DescribeStreamConsumer', { ConsumerARN: Consumer.ConsumerARN })).ConsumerDescription.ConsumerStatus === 'ACTIVE');

const pushed = [], polled = [];
let subscriptions = 0, finished = false;
const subscribe = async (ShardId) => {
  let StartingPosition = { Type: 'TRIM_HORIZON' };
  while (!finished) {
    subscriptions++;
    const { EventStream } = await call('SubscribeToShard', { ConsumerARN: Consumer.ConsumerARN, ShardId, StartingPosition });
    for await (const { SubscribeToShardEvent: event } of EventStream) {
      if (!event) continue;
      for (const record of event.Records) pushed.push([ShardId, numberOf(record), record.SequenceNumber]);
      if (event.ChildShards?.length) return event.ChildShards;
      StartingPosition = { Type: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: event.ContinuationSequenceNumber };
    }
  }
};
const pushing = walk(roots, subscribe);

const put = async (from, to) => {
  for (let i = from; i < to; i += 10) {
    const Records = Array.from({ length: 10 }, (_, k) => ({ Data: Buffer.from(String(i + k)), PartitionKey: 'key-' + ((i + k) % 17) }));
    const result = await call('PutRecords', { StreamName, Records });
    if (result.FailedRecordCount !== 0) throw new Error('a record failed');
    await pause(60);
  }
};
await put(0, 100);
await call('SplitShard', { StreamName, ShardToSplit: roots[0], NewStartingHashKey: String(1n << 126n) });
await active();
await put(100, 200);
const open = (await call('ListShards', { StreamName, ShardFilter: { Type: 'AT_LATEST' } })).Shards;
await call('MergeShards', { StreamName, ShardToMerge: open[1].ShardId, AdjacentShardToMerge: open[2].ShardId });
await active();
await put(200, RECORDS);
await waitFor('every record by fan-out', async () => pushed.length >= RECORDS);

// All records have been put, so a reader without a backlog has received all records of its shard.
await walk(roots, async (ShardId) => {
  let { ShardIterator } = await call('GetShardIterator', { StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON' });
  for (;;) {
    const result = await call('GetRecords', { ShardIterator });
    for (const record of result.Records) polled.push([ShardId, numberOf(record), record.SequenceNumber]);
    if (!result.NextShardIterator) return result.ChildShards;
    if (result.MillisBehindLatest === 0) return [];
    ShardIterator = result.NextShardIterator;
  }
});
finished = true;
await pushing;
await expectFault('ResourceInUseException', call('DeleteStream', { StreamName }));
await call('DeregisterStreamConsumer', { ConsumerARN: Consumer.ConsumerARN });
await call('DeleteStream', { StreamName, EnforceConsumerDeletion: true });

const faults = [];
for (const [way, seen] of Object.entries({ pushed, polled })) {
  const numbers = new Set(seen.map(([, number]) => number));
  if (seen.length !== RECORDS || numbers.size !== RECORDS) faults.push(`${way}: ${seen.length} records, ${numbers.size} of them different`);
  const last = new Map();
  for (const [shard, , sequence] of seen) {
    if (last.has(shard) && BigInt(sequence) <= last.get(shard)) faults.push(`${way}: ${shard} is out of order`);
    last.set(shard, BigInt(sequence));
  }
}
console.log(JSON.stringify({ pushed: pushed.length, polled: polled.length, subscriptions, shards: new Set(pushed.map(([shard]) => shard)).size, faults }));
client.destroy();
process.exit(faults.length ? 1 : 0);
