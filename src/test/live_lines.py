# SPDX-License-Identifier: GPL-2.0-or-later
"""A board's lines of a memory whose history is known: CASE [KNOWN.json].

The writer's stores are events in time; readers look at it in sections, in an order that is drawn, as
the module does. KNOWN.json gets, for each reader, how many episodes were of values that memory held
whole, held by half, and never held.
"""
import bisect
import collections
import json
import os
import random
import re
import sys

READERS = "atomic plain read-once kernel low-high high-low low-gap-high low-high-low".split()
GAP, STEP, SECTION = 6.0, 1.0, 100.0        # of low-gap-high, between two reads, of a section: in us


class Memory:
    """Stores of one or both words, in order."""
    def __init__(self):
        self.at, self.word, self.now, self.t = [0.0], [(0, 0)], (0, 0), 1.0
        self.whole, self.half, self.cycles, self.frames = {0}, set(), 0, set()

    def store(self, v, wait, order=None):
        """order: None for 8 bytes at once, "lh" or "hl" for two words, with that much between them"""
        low, high = v & 0xffffffff, v >> 32
        if order:
            first = (low, self.now[1]) if order[0] == "lh" else (self.now[0], high)
            self.at.append(self.t)
            self.word.append(first)
            self.half.add(first[1] << 32 | first[0])
            self.t += order[1]
        self.at.append(self.t)
        self.word.append((low, high))
        self.now = low, high
        self.whole.add(v)
        self.t += wait * random.uniform(0.5, 1.5)

    def read(self, t):
        return self.word[bisect.bisect_right(self.at, t) - 1]


def read(m, reader, t, two_words):
    if reader == "kernel" and two_words == "fixed":
        reader = "low-high-low"
    gap = GAP * random.random() if reader == "low-gap-high" else 0.8 if reader == "kernel" else 0.15
    halves = two_words and reader in ("plain", "read-once", "kernel") or reader in ("low-high", "high-low", "low-gap-high")
    if reader == "low-high-low":
        while True:
            low, high, again = m.read(t)[0], m.read(t + gap)[1], m.read(t + 2 * gap)[0]
            if low == again:
                return high << 32 | low
            t += 2 * gap
    if not halves:
        low, high = m.read(t)
    elif reader in ("high-low", "read-once"):
        high, low = m.read(t)[1], m.read(t + gap)[0]
    else:
        low, high = m.read(t)[0], m.read(t + gap)[1]
    return high << 32 | low


class Look:
    def __init__(self):
        self.reads = self.sections = 0
        self.ns = 0.0
        self.last = None
        self.values = collections.OrderedDict()

    def section(self, m, reader, t, two_words):
        row, begin = [], t
        while t < begin + SECTION:
            v = read(m, reader, t, two_words)
            self.reads += 1
            if not row or row[-1][0] != v:
                row.append((v, t))
            t += STEP + (GAP if reader == "low-gap-high" else 0)
        self.sections += 1
        self.ns += SECTION * 1000
        for i, (v, at) in enumerate(row):
            if not i and v == self.last:
                continue
            s = self.values.setdefault(v, {"n": 0, "first": int(at * 1000), "around": collections.OrderedDict(), "other": 0})
            s["n"] += 1
            if 0 < i < len(row) - 1:
                pair = row[i - 1][0], row[i + 1][0]
                if pair in s["around"] or len(s["around"]) < 4:
                    s["around"][pair] = s["around"].get(pair, 0) + 1
                else:
                    s["other"] += 1
        self.last = row[-1][0]


def print_operation(m, level, name, two_words, readers, huge=(990, 1000), tweak=None, known=None):
    looks = {r: Look() for r in readers}
    t = 0.0
    while t < m.t - 2 * SECTION:
        order = list(readers)
        random.shuffle(order)
        for r in order:
            if t < m.t - 2 * SECTION:
                looks[r].section(m, r, t, two_words)
                t += SECTION + 1
    for r, look in looks.items():
        if known is not None:
            k = collections.Counter()
            for v, s in look.values.items():
                k["held" if v in m.whole else "half" if v in m.half else "never"] += s["n"]
            known[f"{level}.{r}.{name}"] = k
    if tweak:
        tweak(looks)
    print(f"begin\t{level}\t{name}\t1")
    for r, look in looks.items():
        print("read", level, name, r, look.reads, int(look.ns), look.sections, 0, 0, 0, len(look.values), 0, sep="\t")
        for v, s in look.values.items():
            print("value", level, name, r, f"{v:016x}", s["n"], s["first"], s["other"],
                  *(f"{b:016x}/{a:016x}/{n}" for (b, a), n in s["around"].items()), sep="\t")
    print("frames", level, name, *huge, sep="\t")
    for f in sorted(m.frames):
        print("frame", level, name, f"{f:x}", sep="\t")
    print("end", level, name, int(m.t * 1000), m.cycles, 0, sep="\t")


# ---- histories ----

def invalid(v):
    """pmd_mkinvalid() of PAE since 2018"""
    return ~v & 0x000fffffffe00000 | v & 0x8000000000000fff & ~1


def split(m, cycles, frames, invalidate=("lh", 0.3)):
    """huge, invalidated, table, none"""
    for _ in range(cycles):
        f = random.choice(frames)
        m.frames.add(f >> 12)
        m.store(f | 0xe7, 150)
        m.store(invalid(f | 0xe7), 60, invalidate)
        m.store(random.choice((0x3f82d067, 0x3f911067)), 150)
        m.store(0, 60, ("lh", 0.3))
        m.cycles += 1


def zap(m, cycles, frames):
    for _ in range(cycles):
        f = random.choice(frames)
        m.frames.add(f >> 12)
        m.store(f | 0xe7, 150)
        m.store(0, 100, ("lh", 0.3))
        m.cycles += 1


def collapse_low_first(m, cycles, frames):
    """ARM: the huge pmd is stored low word first, by two str"""
    for _ in range(cycles):
        f = random.choice(frames)
        m.frames.add(f >> 12)
        m.store(f | 0xf5d | 0x00e0000000000000, 150, ("lh", 15))
        m.store(0, 60)
        m.store(0x7f82d003, 150)
        m.store(0, 60)
        m.cycles += 1


def strd(m, cycles, frames):
    for _ in range(cycles):
        f = random.choice(frames)
        m.frames.add(f >> 12)
        m.store(f | 0xf5d | 0x00e0000000000000, 150)
        m.store(0, 60)
        m.cycles += 1


LOW = [0x3f400000, 0x3f600000, 0x3e000000]
# 4 GiB apart, the first two: the same low word
APART = [0x03f400000, 0x13f400000, 0x13e000000, 0x03e200000]


def races(words, torn=(), silent=(), layout="pae", kernel=True):
    """torn: (reader, writer) pairs that tear beyond what they have to; silent: readers that set-words does not show"""
    halves = ["low-high", "high-low", "low-gap-high"] + (["plain", "read-once"] + ["kernel"] * kernel if words == 2 and layout == "pae" else [])
    for writer in "set", "set-clear", "set-get-clear", "set-words":
        for reader in READERS:
            n = 9000 if writer == "set-words" and reader not in silent else 0
            n = n or (4000 if writer != "set-words" and (reader in halves or (reader, writer) in torn) else 0)
            kinds = [f"whole=1000000/500000/100/{0x13e0000e7:016x}"]
            kinds += [f"high-only=500/400/120/{0x100000000:016x}"] if "clear" in writer else []
            kinds += [f"mixed={n}/{n}/2000/{0x23e0000e7:016x}"] if n else []
            print("race", reader, writer, 1000000 + n, 70000, 100000000, 0, *kinds, sep="\t")


def abi():
    with open(os.path.join(os.path.dirname(__file__), "../live/live.h"), encoding="ascii") as f:
        return re.search(r"LIVE_ABI = (\d+)", f.read()).group(1)


def hello(words=2, layout="pae", cpus=2, pmd="pmd_read_atomic"):
    print("hello", abi(), words, layout, cpus, pmd, "ptep_get_lockless", sep="\t")
    print("fact\tkernel\tLinux 6.1.0-50-686-pae i686\nfact\tram-end\t140000000\nfact\tcpus\toperations on 0, readers on 1\nlayout\t4096\t0")


def drop_from_truth(pick):
    def tweak(looks):
        for v in list(looks["atomic"].values):
            if pick(v):
                del looks["atomic"].values[v]
    return tweak


def only_few(value, reader, n):
    def tweak(looks):
        looks["atomic"].values.pop(value, None)
        for r, look in looks.items():
            if r != reader:
                look.values.pop(value, None)
        looks[reader].values[value]["n"] = n
    return tweak


def main(case, known_path=None):
    random.seed(case)
    known = {}
    m = Memory()
    if case in ("pae", "pae-6.12"):
        hello(pmd="pmdp_get_lockless" if case != "pae" else "pmd_read_atomic")
        fixed = "fixed" if case != "pae" else True
        races(2, kernel=fixed is True)
        split(m, 2000, LOW)
        print_operation(m, "pmd", "usplit", fixed, READERS, known=known)
        z = Memory()
        zap(z, 200, LOW)
        print_operation(z, "pmd", "zap", fixed, READERS, known=known)
        print("skip\tpmd\tmigrate\tno second node\nuser\tfutex\tusplit\t100000\t0\t1000000000\t-")
    elif case in ("fixed-tears", "wrong-pages", "one-cpu", "log", "few", "lost"):
        # low-high-low that does not look again, under its name
        hello(cpus=1 if case == "one-cpu" else 2)
        races(2)
        split(m, 2000 if case != "few" else 100, LOW)
        busted = globals()["read"]
        if case == "fixed-tears":
            globals()["read"] = lambda m, r, t, two: busted(m, "low-gap-high" if r == "low-high-low" else r, t, two)
        if case == "one-cpu":
            globals()["read"] = lambda m, r, t, two: busted(m, "atomic", t, two)
        print_operation(m, "pmd", "usplit", True, READERS, huge=(800, 1000) if case == "wrong-pages" else (990, 1000), known=known,
                        tweak=drop_from_truth(lambda v: v >> 32 == 0xfffff) if case == "lost" else None)
        if case == "log":
            split(m, 3, LOW)
            print("begin\tpmd\tzap\t1\nlog\tBUG: unable to handle page fault for address: fffff000")
            print("probe\thprot\tdelay\tgup_fast+0x190\t500\t0\t-\t-")
            print("probe\thprot\tpage\ttry_grab_folio+0x0\t400\t3\tdd2ea238\tfff1b4db")
            print("probe\tusplit\tpage\ttry_grab_folio+0x0\t400\t0\t-\t-")
            print("user\tfutex\tzap\t1000\t1\t1000000\tread 80000123 where 80000007 was")
    elif case in ("lpae", "lpae-few", "lpae-clean", "lpae-qemu7"):
        hello(layout="lpae", pmd="pmdp_get_lockless")
        races(2, layout="lpae", torn=[(r, w) for r in READERS for w in ("set", "set-clear")] if case == "lpae-qemu7" else ())
        (strd if case == "lpae-clean" else collapse_low_first)(m, 2500 if case == "lpae-clean" else 16 if case == "lpae-few" else 400, [0x7e000000, 0x7e400000])
        print_operation(m, "pmd", "collapse", False, READERS, known=known)
    elif case in ("apart", "apart-missed"):
        # all whole, for whoever reads both words at once; zapped by 8 bytes
        hello()
        races(2)
        for _ in range(8000 if case == "apart" else 400):
            f = random.choice(APART[1:] if case == "apart-missed" else APART)
            m.frames.add(f >> 12)
            m.store(f | 0xe7, 150)
            m.store(0, 100)
            m.cycles += 1
        missed = APART[0] | 0xe7
        if case == "apart-missed":      # memory held it in few cycles, and only one reader looked then
            for _ in range(6):
                m.store(missed, 150)
                m.store(0x3e2000e7, 150)
                m.store(0, 100)
            m.frames.discard(APART[0] >> 12)
        print_operation(m, "pmd", "zap", True, READERS, known=known, tweak=only_few(missed, "plain", 5) if case == "apart-missed" else None)
    elif case == "fast":
        # halves that memory hardly ever holds, and a slow reader makes all the time: they are no measure of who sees what
        hello()
        races(2)
        split(m, 1000, LOW)

        def tweak(looks):
            for r, look in looks.items():
                for v, s in look.values.items():
                    if v >> 32 == 0 and v & 0xff == 0xe6:
                        s["n"], s["around"] = 400 if r == "low-gap-high" else 1, {}
        print_operation(m, "pmd", "usplit", True, READERS, known=known, tweak=tweak)
    elif case == "apart-many":
        # hardly a frame twice, by twos 4 GiB apart: who reads sees some that the truth never saw, and pagemap did not look
        hello()
        races(2)
        for _ in range(1200):
            m.store(random.randrange(2) << 32 | random.randrange(1, 100) << 21 | 0xe7, 150)
            m.store(0, 100)
            m.cycles += 1
        print_operation(m, "pmd", "zap", False, READERS, known=known)
    elif case == "protected":
        # whole entries, one of which sometimes lies between two that its halves are of
        hello()
        races(2)
        for _ in range(1500):
            m.store(LOW[0] | 0xe7, 25)
            if random.random() < 0.2:
                m.store(LOW[0] | 0xe7 | 1 << 63, 25)
            m.store(0, 25)
            m.cycles += 1
        m.frames.add(LOW[0] >> 12)
        print_operation(m, "pmd", "protect", True, READERS, known=known)
    elif case == "x86_64":
        hello(words=1, layout="pae", pmd="pmdp_get_lockless")
        races(1)
        split(m, 1500, LOW + [0x13f400000], invalidate=None)
        print_operation(m, "pmd", "usplit", False, READERS, known=known)
    elif case == "no-race":
        hello()
        split(m, 100, LOW)
        print_operation(m, "pmd", "usplit", True, READERS, known=known)
    elif case in ("silent-race", "torn-atomic"):
        hello()
        races(2, silent=("atomic",) if case == "silent-race" else (), torn=[("atomic", "set")] if case == "torn-atomic" else ())
        split(m, 100, LOW)
        print_operation(m, "pmd", "usplit", True, READERS, known=known)
    else:
        sys.exit(f"no case {case}")
    if case not in ("log",):
        print("done\t0")
    if known_path:
        with open(known_path, "w", encoding="ascii") as f:
            json.dump(known, f)


main(*sys.argv[1:])
