// A processor with Amazon's Node.js client library (aws-kcl from npm) that prints every record to stdout: after other text, and on a separate line.
// printing_aws_kcl_child.js MARKER [--checkpoint]: the arguments are those of printing_child.py.
'use strict';
const fs = require('fs');
const kcl = require('aws-kcl');

const marker = process.argv[2];
const checkpoints = process.argv.includes('--checkpoint');
const first = !fs.existsSync(marker);

function see(what) {
  fs.writeSync(2, `life ${first ? 1 : 2} ${what}\n`);
}

function die() {
  fs.writeFileSync(marker, '');
  process.exit(1);
}

let seen = 0;
kcl({
  initialize(input, done) {
    done();
  },
  processRecords(input, done) {
    for (const record of input.records) {
      const text = Buffer.from(record.data, 'base64').toString();
      fs.writeSync(1, `processing ${text}\n`);
      fs.writeSync(1, `${text}\n`);
      see(`saw ${record.partitionKey}`);
      seen++;
      if (first && seen === 5 && !checkpoints) {
        die();
      }
    }
    if (!checkpoints) {
      done();
      return;
    }
    input.checkpointer.checkpoint((error) => {
      see(`checkpointed ${seen}: ${error || 'ok'}`);
      if (first) {
        die();
      }
      done();
    });
  },
  leaseLost(input, done) {
    done();
  },
  shardEnded(input, done) {
    input.checkpointer.checkpoint(() => done());
  },
  shutdownRequested(input, done) {
    input.checkpointer.checkpoint(() => done());
  },
}).run();
