// A record processor with Amazon's Node.js client library (aws-kcl from npm), unmodified. It logs its calls to stderr.
'use strict';
const kcl = require('aws-kcl');

function log(what) {
  process.stderr.write(what + '\n');
}

let shard;
let records = 0;
kcl({
  initialize(input, done) {
    shard = input.shardId;
    log(`aws-kcl initialize ${shard} ${input.sequenceNumber}`);
    done();
  },
  processRecords(input, done) {
    for (const record of input.records) {
      records++;
      log(`aws-kcl record ${Buffer.from(record.data, 'base64')} ${record.partitionKey} ${record.subSequenceNumber}`);
    }
    const last = input.records[input.records.length - 1];
    input.checkpointer.checkpoint(last.sequenceNumber, (error) => {
      log(`aws-kcl checkpoint ${error || 'ok'}`);
      input.checkpointer.checkpoint('1', (refused) => {
        log(`aws-kcl refused ${refused}`);
        done();
      });
    });
  },
  leaseLost(input, done) {
    log(`aws-kcl leaseLost`);
    done();
  },
  shardEnded(input, done) {
    log(`aws-kcl shardEnded after ${records}`);
    input.checkpointer.checkpoint(() => done());
  },
  shutdownRequested(input, done) {
    log(`aws-kcl shutdownRequested after ${records}`);
    input.checkpointer.checkpoint(() => done());
  },
}).run();
