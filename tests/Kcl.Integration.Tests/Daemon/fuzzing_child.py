"""fuzzing_child.py SHARD PROGRAM: prints 10,000 random lines for the given shard, and runs PROGRAM for all others."""
import json
import os
import random
import sys

if os.environ["KCL_SHARD_ID"] != sys.argv[1]:
    os.execv(sys.executable, [sys.executable, sys.argv[2]])

chance = random.Random(4711)
out = sys.stdout.buffer
messages = [
    b'{"action":"status","responseFor":"initialize"}', b'{"action":"status","responseFor":"processRecords"}', b'{"action":"checkpoint"}',
    b'{"action":"checkpoint","sequenceNumber":"1","subSequenceNumber":99999999999999999999}', b'{"action":"shutdown","reason":null}', b"null", b"[[[[", b"{" * 500,
    b'{"action":{"action":"status"}}', b'{"action":"checkpoint","sequenceNumber":"' + b"9" * 300 + b'"}', b'{"a":"\\ud800"}', b"\xff\xfe{}",
]
lines = 0
while lines < 10000:
    line = bytearray(chance.choice(messages))
    if lines > 0:
        for _ in range(chance.randrange(4)):
            if line:
                line[chance.randrange(len(line))] = chance.randrange(256)
        if b'"action":"status"' in line or b'"action":"checkpoint"' in line:
            line = line.replace(b'"action"', b'"acti0n"') if chance.randrange(200) else line
    else:
        line = bytearray(messages[0])
    try:
        out.write(bytes(line).replace(b"\n", b" ") + chance.choice([b"\n", b"\r\n", b"\r"]))
        out.flush()
    except OSError:
        pass
    lines += 1
sys.stderr.write("fuzzed %d lines\n" % lines)
sys.stderr.flush()
for line in sys.stdin:
    action = json.loads(line)["action"]
    out.write(b'{"action":"status","responseFor":"%s"}\n' % action.encode())
    out.flush()
