# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads results with a parser that is not ours: FILE [NUMBER-OF-LINES].

Prints what is wrong, one line each; exit 1 if anything is.
"""
import json
import re
import sys

FIELDS = """schema scenario hash layout level walker reader writer transition consumer
reclaim world alias target executor cpu cpus kernel compiler flags git seed readers writers
slots seconds walks rounds present outcomes distinct direction harm first_ns retries
per_interval calibration predicted expect verdict cause reason witness""".split()
INTEGERS = "schema seed readers writers slots walks rounds present retries".split()
STRINGS = """scenario hash layout level walker reader writer transition consumer reclaim world
target executor cpu kernel compiler flags git verdict cause reason""".split()
COUNTS = "outcomes distinct direction harm first_ns".split()
OUTCOMES = """hole leaf table torn phantom invalid-mix reread confused freed stale
gave-up""".split()


def whole(n):
    return type(n) is int and n >= 0


WITNESS = {"outcome": str, "used": str, "decided": str, "low": dict, "high": dict, "apart": int,
           "modulo": int, "slot": int, "reader": int, "cpu": int, "ns": int, "seed": int, "text": str}


def faults(r):
    fields = [k for k in FIELDS if r.get("schema") != 1 or k != "cause"]
    if list(r)[:len(fields)] != fields:
        yield "fields are " + " ".join(r)
        return
    for k in INTEGERS:
        if not whole(r[k]):
            yield f"{k} is {r[k]!r}"
    for k in STRINGS:
        if k in fields and type(r[k]) is not str:
            yield f"{k} is {r[k]!r}"
    for k in COUNTS:
        if not all(whole(n) for n in r[k].values()):
            yield f"{k} is {r[k]!r}"
    if list(r["outcomes"]) != OUTCOMES or list(r["distinct"]) != OUTCOMES:
        yield "outcomes are " + " ".join(r["outcomes"])
    if sum(r["outcomes"].values()) != r["walks"]:
        yield f"outcomes sum to {sum(r['outcomes'].values())}, walks are {r['walks']}"
    for k, n in r["distinct"].items():
        if n > r["outcomes"].get(k, 0):
            yield f"distinct {k} is more than all of them"
        if bool(n) != bool(r["outcomes"].get(k)) or bool(n) != (k in r["first_ns"]):
            yield f"{k}: seen, distinct and first_ns disagree"
    if r["present"] > r["walks"]:
        yield "more present than walks"
    if sum(r["harm"].get(k, 0) for k in ("wild", "alias", "masked")) != r["distinct"]["torn"]:
        yield "harms do not sum to distinct torn"
    if type(r["seconds"]) not in (int, float) or r["seconds"] < 0:
        yield f"seconds is {r['seconds']!r}"
    if type(r["per_interval"]) is not list or not all(whole(n) for n in r["per_interval"]):
        yield f"per_interval is {r['per_interval']!r}"
    if not all(whole(c["reads"]) and whole(c["torn"]) for c in r["calibration"].values()):
        yield f"calibration is {r['calibration']!r}"
    if not all(whole(n) for n in r["cpus"]) or type(r["alias"]) is not bool:
        yield "cpus or alias"
    if r["verdict"] not in ("pass", "fail", "inconclusive"):
        yield f"verdict is {r['verdict']!r}"
    yield from faults_of_power(r)
    yield from faults_of_witness(r["witness"], r["schema"])


def faults_of_power(r):
    if "strategy" not in r:
        return
    if r["rung"] not in ("as-given", "tuned", "interrupted", "widened", "silent") or \
       r["stop"] not in ("seen", "strong", "forbidden", "time") or not whole(r["strength"]):
        yield f"rung {r['rung']!r}, stop {r['stop']!r}, strength {r['strength']!r}"
    if ("unbiased" in r) != (r["stop"] in ("seen", "forbidden")):
        yield "unbiased counts where its own counts did not end it, or none where they did"
    u = r.get("unbiased", r)
    if any(u[k] > r[k] for k in ("walks", "rounds", "present", "seconds")) or \
       any(n > r["distinct"][k] for k, n in u["distinct"].items()):
        yield "more in the first slices than in all"
    if "twin" in r and not (whole(r["twin"]["distinct"]) and r["twin"]["seconds"] > 0):
        yield f"twin is {r['twin']!r}"
    if "twin" in r and r["strength"] > r["twin"]["distinct"] / 3 + 1:
        yield f"strength {r['strength']} of {r['twin']}"


def faults_of_witness(w, schema):
    if w is None or (schema == 1 and type(w) is str):
        return
    if type(w) is not dict or not all(type(w.get(k)) is t for k, t in WITNESS.items()):
        yield f"witness is {w!r}"
        return
    if not all(re.fullmatch("[0-9a-f]{8}:[0-9a-f]{8}", w[k]) for k in ("used", "decided")):
        yield f"words of the witness are {w['used']!r}, {w['decided']!r}"
    for half in w["low"], w["high"]:
        if half.get("from") not in ("clear", "store", "invalidation", "nothing") or \
           ("store" in half) != (half["from"] in ("store", "invalidation")):
            yield f"a half of the witness is from {half!r}"
    if w.get("newer", "low") not in ("low", "high"):
        yield f"newer is {w['newer']!r}"


def main(path, lines=None):
    found = []
    with open(path, encoding="ascii") as f:
        results = f.read().split("\n")
    if results.pop() != "":
        found.append("the last line is half a line")
    for n, line in enumerate(results, 1):
        try:
            found += [f"line {n}: {fault}" for fault in faults(json.loads(line))]
        except ValueError as e:
            found.append(f"line {n}: {e}")
    if lines is not None and len(results) != int(lines):
        found.append(f"{len(results)} lines, not {lines}")
    print("\n".join(found), end="\n" if found else "")
    return bool(found)


sys.exit(main(*sys.argv[1:]))
