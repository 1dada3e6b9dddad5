# SPDX-License-Identifier: GPL-2.0-or-later
"""Result lines for the desk's tests, made from real ones: KIND FILE [NUMBER].

hostile N   what a string could do, in every field that is one, N lines
map         one cell of every reader, writer and transition of the full suite
many N      N lines that are all different
told        predictions, schedules, delays: what the instruments may add
boards N    the same cells on N executors
trees N     the same cells as N kernel trees' own, each with its schedule
"""
import json
import sys

EVIL = [
    "<script>alert(1)</script>", "</script><script>alert(2)//", "]]><svg onload=alert(3)>",
    "<!--", "-->", "&amp;&lt;&#60;script&#62;", "\" onmouseover=\"alert(4)", "' onfocus='alert(5)",
    "</summary></details></table><h1>owned", "javascript:alert(6)", "`touch PWNED`",
    "\\\"`touch PWNED`", "');system('touch PWNED');('", "'.system('touch PWNED').'", "@0@@1@@99@",
    "EOD\nset output 'PWNED'\n", "%s%n%1$s", "\x01\x02\x1b[31m\x7f\x9b31m", "\u202egnp.exe\u2066",
    "\ufeff\ufffe\u200b", "caf\u00e9 \u4e2d \U0001f600", "x" * 70000, "<" * 3000, "\u4e2d" * 9000,
    "a\tb\r\nc", "", " ", "../../etc/passwd", "_{sub}^{sup}{/Symbol a}", "$(touch PWNED)",
]
NAMES = """scenario hash layout level walker reader writer transition consumer reclaim world target
executor cpu kernel compiler flags git reason witness""".split()


def tree(name, say=str):
    """A kernel tree's member, every string of which is said by `say`."""
    steps = [{"who": ("walker", "writer")[k % 3 == 0], "where": say(f"mm/pagewalk.c:{170 + k} walk_pud_range()"),
              "what": say("load entry 80000000400000e7"), "code": say("if (pud_none(*pud) && walk->action == ACTION_CONTINUE)")}
             for k in range(7)]
    out = {k: say(f"{k} of {name}") for k in "rev version describe config patch".split()}
    return {"name": say(name), **out, "hash": say("a6e1b21f"), "arch": say("x86_64"), "contract": "in", "states": 333,
            "bad_rounds": 51, "explored": {m: {"notes": "hole", "bad": b and say(b), "complete": m != "weak"} for m, b in
                                           (("sc", "confused,torn"), ("tso", "confused,torn"), ("weak", ""), ("low", "torn"))},
            "witnesses": [{"note": say(note), "meaning": say("a leaf was walked as a table"), "model": "sc", "steps": steps}
                          for note in ("confused", "torn")]}


def hostile(lines, n):
    for i in range(n):
        r = dict(lines[i % len(lines)])
        for k, name in enumerate(NAMES):
            if i % len(NAMES) == k or i % 3 == 0:
                r[name] = EVIL[(i + k) % len(EVIL)]
        if i % 4 == 1:
            r["calibration"] = {EVIL[i % len(EVIL)][:200]: {"reads": 10, "torn": 3}}
        r["witness"] = r["witness"] or EVIL[i % len(EVIL)]
        if i % 5 == 2:      # the right shape around the wrong words
            e = EVIL[i % len(EVIL)][:100]
            r["witness"] = f"80000001:000000e7 (high:low) low from {e}, high from {e}, {e}: {e}"
        r["schedule"] = EVIL[(i + 3) % len(EVIL)]
        if i % 40 == 7:
            r["tree"] = tree("", lambda _, i=i: EVIL[(i + 5) % len(EVIL)])
        yield r


def one_map(lines, _):
    readers = """plain-reread plain-barrier read-once lo-hi hi-lo pmd-read-atomic get-lockless
        get-lockless-irqoff atomic64 locked busted-hoisted atomic64-cmpxchg8b atomic64-movq
        atomic64-fild""".split()
    writers = "pae-pte pae-pmd pae-pmd-cmpxchg pae-establish lpae lpae-plain".split()
    changes = "fault-zap split-clear split-anon split-direct collapse remap".split()
    i = 0
    for layout in "pae", "lpae":
        for level in "pud", "pmd":
            for reader in readers:
                for writer in writers:
                    for change in changes:
                        r = dict(lines[i % len(lines)])
                        i += 1
                        r.update(layout=layout, level=level, walker="entry", reader=reader,
                                 writer=writer, transition=change, hash=f"{i:016x}",
                                 world="native", alias=False, reclaim="memb", consumer="ptdump")
                        r["scenario"] = ".".join(("full", layout, level, "entry", reader, writer,
                                                  change, "ptdump"))
                        yield r


def many(lines, n):
    for i in range(n):
        r = dict(lines[i % len(lines)])
        r["scenario"] += f".{i}"
        yield r


def told(lines, _):
    for i, line in enumerate(lines):
        r = dict(line)
        seen = r["outcomes"]
        r["predicted"] = {k: "possible" if n or k in ("hole", "leaf", "table") or (k == "torn" and i % 3 == 0)
                          else "impossible" for k, n in seen.items()}
        if i % 7 == 3 and seen["torn"]:
            r["predicted"]["torn"] = "impossible"
        if i % 2:
            r["schedule"] = "W: store high 0\nR: load low\nR: load high\nW: store low"
        if r["distinct"]["torn"]:
            r["delays"] = [{"ns": 10 * 2**k, "seconds": 0.1, "torn": 5 * k * k + i} for k in range(9)]
        if i == 2:
            r.update(verdict="fail", reason="torn 80 (distinct 80), forbidden")
        yield r


def boards(lines, n):
    for b in range(n):
        for i, line in enumerate(lines):
            r = dict(line)
            r["executor"] = f"board number {b} of a farm whose names are long"
            r["kernel"] = f"Linux 6.{b} armv7l"
            if (b + i) % 3 == 0:
                r["distinct"] = {k: 0 if k == "torn" else v for k, v in r["distinct"].items()}
            yield r


def trees(lines, n):
    for t in range(n):
        for line in lines:
            yield {**line, "tree": tree(f"tree number {t} of a person whose names are long"[:40 + t]), "world": "explored"}


def main(kind, path, n="0"):
    lines = [json.loads(line) for line in open(path, encoding="utf-8")]
    make = {"hostile": hostile, "map": one_map, "many": many, "told": told, "boards": boards,
            "trees": trees}[kind]
    for r in make(lines, int(n)):
        sys.stdout.buffer.write(json.dumps(r, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


main(*sys.argv[1:])
