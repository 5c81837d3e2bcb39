#!/usr/bin/env python3
"""Counts words as a child of a multi-language daemon, either kcl or Amazon's. Uses only the standard library.

One process serves one shard. The daemon writes one JSON message per line to stdin and waits for the answer on stdout. It logs what the
process writes to stderr. Records are delivered at least once: after a failure, the records since the last checkpoint are delivered again,
to a new process whose counts start at zero.
"""
import base64
import collections
import json
import os
import sys
import time

CHECKPOINT_INTERVAL = 10  # seconds

# stdout is reserved for the protocol. Keep a copy for the messages, and redirect all other output to stderr.
protocol = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)


class CheckpointError(Exception):
    """The daemon refused a checkpoint: ShutdownException, ThrottlingException, InvalidStateException …"""


class WordCounter:
    def __init__(self):
        self.shard = ""
        self.words = collections.Counter()
        self.records = 0
        self.last_checkpoint = time.monotonic()

    def initialize(self, message):
        self.shard = message["shardId"]
        self.report("starts at " + message["sequenceNumber"])

    def processRecords(self, message):
        for record in message["records"]:
            self.words.update(base64.b64decode(record["data"]).decode().lower().split())
        self.records += len(message["records"])
        # Frequent checkpoints reduce the number of records that are delivered again, but each one is a write to the lease.
        # At the tip of the shard, each batch is checkpointed.
        due = time.monotonic() - self.last_checkpoint >= CHECKPOINT_INTERVAL
        if due or message["millisBehindLatest"] == 0:
            try:
                checkpoint()
                self.last_checkpoint = time.monotonic()
                self.report("checkpointed: " + self.top())
            except CheckpointError as error:
                # After a ShutdownException, another worker owns the shard, and leaseLost follows.
                # After other errors, the next batch checkpoints again.
                self.report("could not checkpoint: %s" % error)

    def shardEnded(self, message):
        self.checkpoint_finally("has ended")  # without a checkpoint, the shard is not complete and its child shards do not start

    def shutdownRequested(self, message):
        self.checkpoint_finally("stops here")

    def leaseLost(self, message):
        self.report("is no longer processed here")  # after a stop, or because another worker owns the shard

    def checkpoint_finally(self, reason):
        try:
            checkpoint()
        except CheckpointError as error:
            self.report("could not checkpoint: %s" % error)  # the next owner continues at the last checkpoint
        self.report("%s: %s" % (reason, self.top()))

    def top(self):
        return "%d records; " % self.records + ", ".join("%s %d" % w for w in self.words.most_common(5))

    def report(self, text):
        print(self.shard, text, file=sys.stderr, flush=True)


def send(message):
    protocol.write("\n" + json.dumps(message) + "\n")
    protocol.flush()


def checkpoint(sequence_number=None, sub_sequence_number=None):
    """Stores the position up to which the shard was processed. Without a position, that is the last delivered record."""
    send({"action": "checkpoint", "sequenceNumber": sequence_number, "subSequenceNumber": sub_sequence_number})
    reply = json.loads(sys.stdin.readline() or '{"error": "ShutdownException"}')
    if reply["error"]:
        raise CheckpointError(reply["error"])


def main():
    counter = WordCounter()
    for line in sys.stdin:  # the process ends at the end of its input
        message = json.loads(line)
        getattr(counter, message["action"])(message)
        send({"action": "status", "responseFor": message["action"]})


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        os._exit(0)  # the daemon has ended and does not read the output
