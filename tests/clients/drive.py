"""Drives a Kinesis-compatible server with boto3: puts numbered records while shards are split and merged, reads them by polling
and by fan-out, and compares. Prints one line of JSON. The exit code is 0 if both received every record once, in order.

    python3 drive.py ENDPOINT
"""
import json
import sys
import threading
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

NAME, RECORDS = "driven-by-boto3", 300
kinesis = boto3.client(
    "kinesis", endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b",
    config=Config(retries={"max_attempts": 0}, max_pool_connections=50))


def wait_for(what, condition):
    for _ in range(600):
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise TimeoutError("waited in vain for " + what)


def active():
    wait_for("an ACTIVE stream", lambda: kinesis.describe_stream_summary(StreamName=NAME)["StreamDescriptionSummary"]["StreamStatus"] == "ACTIVE")


def expect_fault(code, call, **arguments):
    try:
        call(**arguments)
    except ClientError as fault:
        if fault.response["Error"]["Code"] == code:
            return
        raise
    raise AssertionError("expected " + code)


class Walk:
    """Reads each shard after its parents, in its own thread. A child of two parents is read when both have ended."""

    def __init__(self, roots, read_shard):
        self.ended, self.started, self.threads, self.lock, self.read_shard = set(), set(), [], threading.Lock(), read_shard
        self.faults = []
        for root in roots:
            self.begin(root, [])

    def begin(self, shard_id, parents):
        with self.lock:
            if shard_id in self.started or not self.ended.issuperset(parents):
                return
            self.started.add(shard_id)
            thread = threading.Thread(target=self.run, args=(shard_id,), daemon=True)
            self.threads.append(thread)
        thread.start()

    def run(self, shard_id):
        try:
            children = self.read_shard(shard_id)
        except Exception as fault:
            self.faults.append(repr(fault))
            return
        with self.lock:
            self.ended.add(shard_id)
        for child in children or []:
            self.begin(child["ShardId"], child["ParentShards"])

    def join(self):
        i = 0
        while i < len(self.threads):
            self.threads[i].join(60)
            i += 1


expect_fault("ResourceNotFoundException", kinesis.describe_stream_summary, StreamName="nowhere")
kinesis.create_stream(StreamName=NAME, ShardCount=2)
active()
expect_fault("ResourceInUseException", kinesis.create_stream, StreamName=NAME, ShardCount=2)
expect_fault("InvalidArgumentException", kinesis.get_records, ShardIterator="AAAA")
description = kinesis.describe_stream(StreamName=NAME)["StreamDescription"]
roots = [shard["ShardId"] for shard in description["Shards"]]
arn = kinesis.register_stream_consumer(StreamARN=description["StreamARN"], ConsumerName="boto3")["Consumer"]["ConsumerARN"]
wait_for("an ACTIVE consumer", lambda: kinesis.describe_stream_consumer(ConsumerARN=arn)["ConsumerDescription"]["ConsumerStatus"] == "ACTIVE")

pushed, polled = [], []
subscriptions = 0
finished = False


def subscribe(shard_id):
    global subscriptions
    position = {"Type": "TRIM_HORIZON"}
    while not finished:
        subscriptions += 1
        answer = kinesis.subscribe_to_shard(ConsumerARN=arn, ShardId=shard_id, StartingPosition=position)
        for message in answer["EventStream"]:
            event = message.get("SubscribeToShardEvent")
            if event is None:
                continue
            pushed.extend((shard_id, int(record["Data"]), record["SequenceNumber"]) for record in event["Records"])
            if event.get("ChildShards"):
                return event["ChildShards"]
            position = {"Type": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": event["ContinuationSequenceNumber"]}
    return None


def put(first, last):
    for i in range(first, last, 10):
        result = kinesis.put_records(StreamName=NAME, Records=[{"Data": str(k).encode(), "PartitionKey": f"key-{k % 17}"} for k in range(i, i + 10)])
        assert result["FailedRecordCount"] == 0
        time.sleep(0.06)


pushing = Walk(roots, subscribe)
put(0, 100)
kinesis.split_shard(StreamName=NAME, ShardToSplit=roots[0], NewStartingHashKey=str(1 << 126))
active()
put(100, 200)
opened = kinesis.list_shards(StreamName=NAME, ShardFilter={"Type": "AT_LATEST"})["Shards"]
kinesis.merge_shards(StreamName=NAME, ShardToMerge=opened[1]["ShardId"], AdjacentShardToMerge=opened[2]["ShardId"])
active()
put(200, RECORDS)
wait_for("every record by fan-out", lambda: len(pushed) >= RECORDS or pushing.faults)


def poll(shard_id):
    iterator = kinesis.get_shard_iterator(StreamName=NAME, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    while True:
        result = kinesis.get_records(ShardIterator=iterator)
        polled.extend((shard_id, int(record["Data"]), record["SequenceNumber"]) for record in result["Records"])
        if not result.get("NextShardIterator"):
            return result["ChildShards"]
        if result["MillisBehindLatest"] == 0:  # everything was put by now: whoever is caught up has seen all of a shard
            return None
        iterator = result["NextShardIterator"]


polling = Walk(roots, poll)
polling.join()
finished = True
pushing.join()
expect_fault("ResourceInUseException", kinesis.delete_stream, StreamName=NAME)
kinesis.deregister_stream_consumer(ConsumerARN=arn)
kinesis.delete_stream(StreamName=NAME, EnforceConsumerDeletion=True)

faults = pushing.faults + polling.faults
for way, seen in (("pushed", pushed), ("polled", polled)):
    if len(seen) != RECORDS or len({number for _, number, _ in seen}) != RECORDS:
        faults.append(f"{way}: {len(seen)} records, {len({number for _, number, _ in seen})} of them different")
    last = {}
    for shard, _, sequence in seen:
        if int(sequence) <= last.get(shard, -1):
            faults.append(f"{way}: {shard} is out of order")
        last[shard] = int(sequence)
print(json.dumps({"pushed": len(pushed), "polled": len(polled), "subscriptions": subscriptions, "shards": len({s for s, _, _ in pushed}), "faults": faults}))
sys.exit(1 if faults else 0)
