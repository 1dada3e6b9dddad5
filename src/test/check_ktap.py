# SPDX-License-Identifier: GPL-2.0-or-later
"""KTAP version 1, strictly, on standard input: version line, plan, results numbered
from 1, subtests indented by two blanks right before their parent's line, a parent
failing if a subtest fails, names unique within their parent and without `#`.

Prints the names, then what is wrong; exit 1 if anything is."""
import re
import sys

RESULT = re.compile(r"(ok|not ok) ([0-9]+) ([A-Za-z0-9_.-]+)(?: # (SKIP|XFAIL|TIMEOUT|ERROR) \S.*)?")


class Bad(Exception):
    pass


def depth_of(line):
    return len(line) - len(line.lstrip(" "))


def block(lines, depth):
    """Reads one version line's worth; returns whether anything in it failed."""
    pad = " " * depth
    if not lines or lines.pop(0) != pad + "KTAP version 1":
        raise Bad("no version line")
    plan = re.fullmatch(pad + r"1\.\.([0-9]+)", lines.pop(0) if lines else "")
    if not plan:
        raise Bad("no plan after the version line")
    names, failed, below = set(), False, None
    while lines and depth_of(lines[0]) >= depth:
        line = lines[0]
        if line == pad + "  KTAP version 1":
            if below is not None:
                raise Bad("two lists of subtests for one parent")
            below = block(lines, depth + 2)
            continue
        lines.pop(0)
        if line.startswith(pad + "#"):
            continue
        m = RESULT.fullmatch(line[depth:])
        if not m or not line.startswith(pad):
            raise Bad(f"neither a result nor a diagnostic: {line[:80]!r}")
        ok, number, name, _ = m.groups()
        if int(number) != len(names) + 1:
            raise Bad(f"number {number} after {len(names)}")
        if name in names:
            raise Bad(f"{name} is there twice")
        if any(not p for p in name.split(".")):
            raise Bad(f"an empty part in {name}")
        if below is not None and below != (ok == "not ok"):
            raise Bad(f"{name} and its subtests disagree")
        names.add(name)
        print(name)
        failed |= ok == "not ok"
        below = None
    if below is not None or len(names) != int(plan.group(1)):
        raise Bad(f"{len(names)} results, the plan is {plan.group(1)}")
    return failed


text = sys.stdin.read()
rest = text.split("\n")
try:
    if rest.pop() != "":
        raise Bad("the last line is half a line")
    block(rest, 0)
    if rest:
        raise Bad(f"left over: {rest[0][:80]!r}")
except Bad as e:
    print(f"# ktap: {e}")
    sys.exit(1)
