# SPDX-License-Identifier: GPL-2.0-or-later
"""Result lines from standard input to standard output, each after the Python
statement in argv[1]: `r` is the result, `n` its number from 0."""
import json
import sys

for n, line in enumerate(sys.stdin):
    r = json.loads(line)
    exec(sys.argv[1])
    print(json.dumps(r, separators=(",", ":")))
