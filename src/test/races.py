#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
races.py LOG...: what ThreadSanitizer reported, one racing pair a line, sorted:

    plain_barrier w:pae_pte         a reader's symbol and a writer's, in the protocol
    read_once machine_reclaim_page  a reader's, and the machine that takes its table page away
    TESTER data race run.c:1 x.c:2  a race, or anything else, that is not between two of them

read_X and scan_X are both X: the same reader, looked through once or in a loop. set_X,
clear_X and so on are all w:X: who comes first to a slot decides which of them is reported.

A side whose stack ThreadSanitizer no longer had (it says <null>) is nobody's: such a report says
nothing of who raced, and what races does so again in others.
"""
import re
import sys

ACCESS = re.compile(r"^  (?:Previous )?(?:atomic )?(?:write|read) of size \d+ ", re.I)
FRAME = re.compile(r"^    #\d+ (\S+) (\S+)")
PROTOCOL = re.compile(r"/(src/native|protocol)/")  # a mutant's protocol is not in src
MACHINE = re.compile(r"/src/machine/tables\.c")
HOOKS = "/src/native/tsan/"


def stacks(report):
    """The frames of the two accesses, as (function, file:line)."""
    found, stack = [], None
    for line in report.splitlines():
        if ACCESS.match(line):
            stack = []
            found.append(stack)
        elif not line.strip():
            stack = None
        elif stack is not None and (m := FRAME.match(line)):
            stack.append(m.groups())
    return found


def place(stack):
    """Where one side is: its audited symbol, or None, and file:line."""
    frames = [f for f in stack if HOOKS not in f[1]]
    if not frames:
        return None, "?"
    where = "/".join(frames[0][1].split("/")[-1:])
    if MACHINE.search(frames[0][1]):
        return "machine_" + frames[0][0], where
    if not PROTOCOL.search(frames[0][1]):
        return None, where
    for function, _ in frames:
        if m := re.match(r"(?:native|widened)_(set|clear|invalidate|touch_by)_(.*)", function):
            return "w:" + m[2], where
        if m := re.match(r"(?:native|widened)_remap_(.*)_l?pae$", function):
            return "w:" + m[1], where
        if m := re.match(r"(?:native|widened)_(?:read_|scan_)?(.*)", function):
            return m[1], where
        if re.match(r"(load|store)_plain$", function):
            return "calibrate_" + function, where
    return None, where


def pair(report):
    what = re.search(r"WARNING: ThreadSanitizer: (.*?) \(pid", report)
    sides = [place(s) for s in stacks(report)]
    if any(s and s[0][0] == "<null>" for s in stacks(report)):
        return None
    if not what or what[1] != "data race" or len(sides) != 2 or None in (sides[0][0], sides[1][0]):
        return "TESTER " + " ".join([what[1] if what else "?"] + [w for _, w in sides])
    writers = ("w:", "calibrate_store", "machine_")
    return " ".join(sorted((s for s, _ in sides), key=lambda s: (s.startswith(writers), s)))


pairs = set()
for name in sys.argv[1:]:
    with open(name, encoding="utf-8", errors="replace") as log:
        for block in log.read().split("==================\n"):
            if "WARNING: ThreadSanitizer" in block:
                pairs.add(pair(block))
print("\n".join(sorted(pairs - {None})))
