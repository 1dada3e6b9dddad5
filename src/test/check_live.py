# SPDX-License-Identifier: GPL-2.0-or-later
"""Is each claim so, and nobody blamed for nothing? CLAIMS DIRECTORY.

CLAIMS: lines CASE CELL CAUSE. DIRECTORY has CASE.jsonl, and CASE.known of live_lines.py. Prints what is wrong,
a line each; exit 1 if anything is.
"""
import json
import os
import sys


def blamed(results, known):
    """Called torn though memory held it, or the writer's though memory never held it by half."""
    cells = 0
    for name, r in results.items():
        k = known.get(name)
        cells += k is not None
        if k is not None and (r["torn_by"]["reader"] > k.get("never", 0) or r["torn_by"]["writer"] > k.get("half", 0)):
            yield f"{name}: {r['torn_by']}, and known is {k}"
    if not cells:
        yield "no cell of an operation"


def main(claims, directory):
    wrong, cases = [], {}
    with open(claims, encoding="ascii") as f:
        claims = [line.split() for line in f]
    for case, _, _ in claims:
        with open(os.path.join(directory, case + ".jsonl"), encoding="ascii") as f:
            cases[case] = {r["scenario"][5:]: r for r in map(json.loads, f)}
    for case, results in cases.items():
        with open(os.path.join(directory, case + ".known"), encoding="ascii") as f:
            wrong += [f"{case}: {w}" for w in blamed(results, json.load(f))]
    for case, cell, cause in claims:
        is_so = cases[case].get(cell, {}).get("cause", "no such cell")
        if is_so != cause:
            wrong.append(f"{case} {cell}: {is_so}, not {cause}")
    print(*wrong, sep="\n", end="\n" if wrong else "")
    return bool(wrong)


sys.exit(main(*sys.argv[1:]))
