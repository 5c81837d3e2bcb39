#!/usr/bin/env python3
"""A record processor that implements the multi-language protocol without a library, and keeps a ledger.

    ledger_child.py LEDGER [--worker NAME] [--checkpoint-every RECORDS] [--pause-ms MILLISECONDS] [--garbage] [--stderr-bytes BYTES] [--die-once]

Appends a line per event to LEDGER: "milliseconds kind shard pid position sub number worker". Each is one write to a file opened for
appending, so lines of several processes never mix, and no line is lost if this process is killed. --pause-ms pauses after each record;
--garbage prints text that is not a message before each answer, as a forgotten print statement does; --stderr-bytes prints a line of
this length to stderr for each batch. --die-once: the first child of each shard starts processes that inherit its pipes, writes their
ids to LEDGER.sleeping, and exits: that of the first shard during a batch, those of other shards when they are idle."""
import argparse
import base64
import json
import os
import signal
import subprocess
import sys
import time

arguments = argparse.ArgumentParser()
arguments.add_argument("ledger")
arguments.add_argument("--worker", default="-")
arguments.add_argument("--checkpoint-every", type=int, default=0)
arguments.add_argument("--pause-ms", type=float, default=0)
arguments.add_argument("--garbage", action="store_true")
arguments.add_argument("--stderr-bytes", type=int, default=0)
arguments.add_argument("--die-once", action="store_true")
options = arguments.parse_args()

# Ctrl-C reaches all processes of the terminal, but only the daemon decides when the child stops.
signal.signal(signal.SIGINT, signal.SIG_IGN)
ledger = os.open(options.ledger, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
shard = "-"


def note(kind, position="-", sub=0, number=-1):
    line = f"{time.time_ns() // 1_000_000} {kind} {shard} {os.getpid()} {position} {sub} {number} {options.worker}\n"
    os.write(ledger, line.encode())


def say(message):
    if options.garbage:
        sys.stdout.write("a stray line, as print() makes it\n{\"not\": \"a message\"}\n")
    sys.stdout.write(json.dumps(message, separators=(",", ":")) + "\n")
    sys.stdout.flush()


def checkpoint(position=None, sub=None):
    """Returns whether the checkpoint was acknowledged."""
    say({"action": "checkpoint", "sequenceNumber": position, "subSequenceNumber": sub})
    reply = json.loads(sys.stdin.readline())
    if reply.get("error"):
        print(f"checkpoint at {position} refused: {reply['error']}", file=sys.stderr, flush=True)
    return not reply.get("error")


def start_sleeping_processes():
    """Returns whether this is the first child of its shard."""
    try:
        os.close(os.open(f"{options.ledger}.{shard}.first", os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    with open(f"{options.ledger}.sleeping", "a") as sleeping:
        for _ in range(4):
            sleeping.write(f"{subprocess.Popen(['sleep', '600']).pid}\n")
    return True


last = None
unsaved = 0
dies = False
for line in sys.stdin:
    message = json.loads(line)
    action = message["action"]
    if action == "initialize":
        shard = message["shardId"]
        note("Started", message["sequenceNumber"], message["subSequenceNumber"])
        dies = options.die_once and start_sleeping_processes()
    elif action == "processRecords":
        if options.stderr_bytes:
            sys.stderr.write("chatter" + "." * (options.stderr_bytes - 8) + "\n")
            sys.stderr.flush()
        for record in message["records"]:
            last = (record["sequenceNumber"], record["subSequenceNumber"])
            note("Delivered", *last, int(base64.b64decode(record["data"])))
            unsaved += 1
            if dies and shard.endswith("0") and unsaved > 5:
                os._exit(1)
            if options.pause_ms:
                time.sleep(options.pause_ms / 1000)
            if options.checkpoint_every and unsaved >= options.checkpoint_every:
                if checkpoint(*last):
                    note("Checkpointed", *last)
                    unsaved = 0
    elif action == "shutdownRequested":
        note("ShutdownRequested")
        if last and checkpoint(*last):
            note("Checkpointed", *last)
    elif action == "shardEnded":
        note("ShardEnding")
        if checkpoint():
            note("ShardEnded")
    elif action == "leaseLost":
        note("LeaseLost")
    say({"action": "status", "responseFor": action})
    if dies and action == "processRecords" and message["millisBehindLatest"] == 0:
        os._exit(1)
