#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Checks litmus tests (C, ARM, X86), and runs them: check_litmus.py [--sc|--tso|--claims] FILE...

The grammar is the part of herdtools7's that tornwalk writes, and stricter: whatever a
parser of herd7 might take in another sense than ours is a fault. --sc and --tso also
run every interleaving and print a line a file: its name, and whether `exists` is
reachable. --claims runs both, and what the file's comment claims of them must be so.
"""
import re
import sys

TEST_NAME = r"[A-Za-z0-9_/.+\-\[\]]+"
CLAUSES = ("exists", "forall", "final", "filter", "locations", "observed", "Observed", "cases")
X86_REGS = "EAX EBX ECX EDX ESI EDI".split()
# No name of a variable may be one of these: the words of herd7's C, of 7.52 to 7.58 (lib/CLexer.mll),
# C's own, and the macros of tools/memory-model/linux-kernel.def of the kernel.
RESERVED = (
    r"auto|bool|break|case|char|const|continue|default|do|double|else|enum|extern|float|for|goto|if|inline|int|long|"
    r"register|restrict|return|short|signed|sizeof|static|struct|switch|typedef|union|unsigned|void|volatile|while|"
    r"_\w*|NULL|u?int(8|16|32|64|ptr)_t|(mtx_)?(un)?lock|mtx_t|mutex|fence|[WS]CAS|atomic_\w+|memory_order_\w+|"
    r"constvar|codevar|spinlock_t|srcu_\w+|"
    r"barrier|READ_ONCE|WRITE_ONCE|smp_\w+|rcu_\w+|synchronize_\w+|(cmp)?xchg(_\w+)?|spin_\w+"
)


class Fault(Exception):
    pass


def need(condition, what):
    if not condition:
        raise Fault(what)


class Tokens:
    def __init__(self, text, pattern, what):
        self.list, self.at, self.what = [], 0, what
        for m in re.finditer(r"\s+|(?P<word>%s)|(?P<bad>.)" % pattern, text):
            need(not m.group("bad"), "%s: unknown character %r" % (what, m.group(0)))
            if m.group("word"):
                self.list.append(m.group("word"))

    def peek(self):
        return self.list[self.at] if self.at < len(self.list) else ""

    def take(self, pattern):
        word = self.peek()
        need(re.fullmatch(pattern, word), "%s: %r where %s is due" % (self.what, word, pattern))
        self.at += 1
        return word

    def has(self, word):
        if self.peek() != word:
            return False
        self.at += 1
        return True


class Test:
    """arch, name, initial memory, threads (lists of steps), and the condition."""

    def __init__(self, text):
        first, _, rest = text.partition("\n")
        m = re.fullmatch(r"(C|ARM|X86) (%s)" % TEST_NAME, first)
        need(m, "first line: %r" % first)
        self.arch, self.name = m.groups()
        m = re.fullmatch(r"\s*\(\*(.*?)\*\)\s*\{(.*?)\}\n(.*?)\nexists (.*)", rest, re.S)
        need(m, "not comment, {initial state}, program, exists")
        comment, initial, program, condition = m.groups()
        self.claims = self.parse_claims(comment)
        need("{" not in comment, "a brace in the comment: herd7 would begin the initial state there")
        for line in comment.split("\n"):
            need(not re.match(r"[A-Za-z]", line), "a line of the comment begins like a KEY = VALUE")
        need(not re.search(r"\(\*|\*\)|\"", condition), "comment or quote in the condition")
        self.memory = {"lo": 0, "hi": 0}
        self.addresses = {}
        self.parse_initial(initial)
        self.threads, self.regs = [], []
        if self.arch == "C":
            self.parse_c(program)
        else:
            self.parse_columns(program)
        need(len(self.threads) >= 2, "fewer than two threads")
        self.condition = self.parse_condition(condition)

    @staticmethod
    def parse_claims(comment):
        """Model: is it possible? None where the file does not know."""
        m = re.search(r"^ \* tornwalk explore: [a-z-]+ is (.*)$", comment, re.M)
        need(m, "no line with what the explorer claims")
        claims = {}
        for part in m.group(1).split("; "):
            word, _, models = part.partition(" under ")
            need(word in ("possible", "impossible", "unknown"), "claim: %r" % part)
            claims.update((model, None if word == "unknown" else word == "possible") for model in models.split(", "))
        return claims

    def check_claims(self):
        for model in ("sc", "tso"):
            claimed = self.claims.get(model)
            need(claimed is None or claimed == self.reachable(model == "tso"),
                 "claims %spossible under %s, which is not so" % ("" if claimed else "im", model))

    def parse_initial(self, text):
        for item in text.split(";")[:-1]:
            m = re.fullmatch(r"\s*(?:(\d+):R(\d+)=(lo|hi)|(lo|hi)=(\d+))", item)
            need(m, "initial state: %r" % item)
            if m.group(4):
                self.memory[m.group(4)] = int(m.group(5))
            else:
                need(self.arch == "ARM", "a register in the initial state")
                self.addresses[int(m.group(1)), "R" + m.group(2)] = m.group(3)
        need(not text.split(";")[-1].strip(), "initial state: no ; at its end")

    # ---- C ----

    def parse_c(self, text):
        need(not re.search(r"/\*|//|\"", text), "comment or quote in the program")
        need(not set(re.findall(r"\w+", text)) & set(CLAUSES), "a clause's name in the program")
        t = Tokens(text, r"[A-Za-z_]\w*|\d+|==|!=|[(){};,*=]", "program")
        while t.peek():
            t.take("P%d" % len(self.threads))
            self.vars, self.decl, self.locks = set(), set(), set()
            t.take(r"\(")
            while True:
                kind = t.take("int|spinlock_t")
                t.take(r"\*")
                name = t.take(r"[a-z]\w*")
                need(not re.fullmatch(RESERVED, name), "a variable named %s: a word of herd7's C" % name)
                need(name not in self.vars | self.locks, "parameter %s twice" % name)
                (self.locks if kind == "spinlock_t" else self.vars).add(name)
                if not t.has(","):
                    break
            t.take(r"\)")
            t.take("{")
            while t.has("int"):
                self.decl.add(t.take(r"r\d+"))
                t.take(";")
            self.used = set()
            code = []
            balanced = self.block(t, code, {"rcu": 0, "locks": frozenset()})
            need(not balanced["rcu"] and not balanced["locks"], "a section or lock is left open")
            need(self.used == self.decl, "registers declared and used differ: %s" % (self.used ^ self.decl))
            self.threads.append(code)
            self.regs.append(self.decl)

    def block(self, t, code, held):
        """Up to its closing brace; returns what is held then."""
        n = 0
        while not t.has("}"):
            held = self.statement(t, code, held)
            n += 1
        need(n, "an empty block")
        return held

    def reg(self, t):
        word = t.take(r"r\d+")
        need(word in self.decl, "%s is not declared" % word)
        self.used.add(word)
        return word

    def pointed(self, t):
        t.take(r"\*")
        return self.one_of(t, self.vars)

    @staticmethod
    def one_of(t, names):
        word = t.take(r"[a-z]\w*")
        need(word in names, "%s is no parameter of that kind" % word)
        return word

    def branch(self, t, code, held):
        t.take(r"\(")
        reg, op, value = self.reg(t), t.take("==|!="), int(t.take(r"\d+"))
        t.take(r"\)")
        t.take("{")
        at = len(code)
        code.append(None)
        then = self.block(t, code, held)
        code[at] = ("unless", reg, op, value, len(code))
        other = held
        if t.has("else"):
            t.take("{")
            end = len(code)
            code.append(None)
            code[at] = ("unless", reg, op, value, len(code))
            other = self.block(t, code, held)
            code[end] = ("goto", len(code))
        need(then == other, "two ways leave different sections or locks open")
        return then

    def statement(self, t, code, held):
        if t.has("if"):
            return self.branch(t, code, held)
        if t.has("*"):
            var = self.one_of(t, self.vars)
            t.take("=")
            code.append(("store", var, int(t.take(r"\d+"))))
        elif re.fullmatch(r"r\d+", t.peek()):
            reg = self.reg(t)
            t.take("=")
            if t.has("READ_ONCE"):
                t.take(r"\(")
                code.append(("load", reg, self.pointed(t)))
                t.take(r"\)")
            elif t.has("xchg"):
                t.take(r"\(")
                var = self.one_of(t, self.vars)
                t.take(",")
                code.append(("xchg", reg, var, int(t.take(r"\d+"))))
                t.take(r"\)")
            else:
                code.append(("load", reg, self.pointed(t)))
        else:
            held = self.call(t, code, held)
        t.take(";")
        return held

    def call(self, t, code, held):
        name = t.take("WRITE_ONCE|smp_r?w?mb|spin_(un)?lock|rcu_read_(un)?lock|synchronize_rcu")
        held = dict(held)
        t.take(r"\(")
        if name == "WRITE_ONCE":
            var = self.pointed(t)
            t.take(",")
            code.append(("store", var, int(t.take(r"\d+"))))
        elif name.startswith("spin"):
            lock = self.one_of(t, self.locks)
            need((lock in held["locks"]) == (name == "spin_unlock"), "%s twice" % name)
            held["locks"] = held["locks"] ^ {lock}
            code.append(("lock" if name == "spin_lock" else "unlock", lock))
        elif name.startswith("rcu"):
            held["rcu"] += 1 if name == "rcu_read_lock" else -1
            need(held["rcu"] in (0, 1), "sections do not match")
            code.append(("enter" if name == "rcu_read_lock" else "exit",))
        elif name == "synchronize_rcu":
            need(not held["rcu"], "a grace period inside a section")
            code.append(("sync",))
        elif name == "smp_mb":
            code.append(("mb",))
        t.take(r"\)")
        return held

    # ---- ARM and X86 ----

    def parse_columns(self, text):
        rows = [line for line in text.split("\n") if line.strip()]
        for row in rows:
            need(re.fullmatch(r"[^;]*;", row), "no single ; at the end of %r" % row)
        cells = [[c.strip() for c in row[:-1].split("|")] for row in rows]
        n = len(cells[0])
        need(cells[0] == ["P%d" % i for i in range(n)], "threads: %s" % cells[0])
        for i in range(n):
            code, self.consts, self.written = [], {}, set()
            for row in cells[1:]:
                need(len(row) == n, "%d columns, not %d: %r" % (len(row), n, row))
                if row[i]:
                    (self.arm if self.arch == "ARM" else self.x86)(i, row[i], code)
            self.threads.append(code)
            self.regs.append(self.written)

    def arm(self, thread, text, code):
        def address(reg):
            need((thread, reg) in self.addresses, "%s is no address" % reg)
            return self.addresses[thread, reg]

        def value(reg):
            need(reg in self.consts, "%s has no value" % reg)
            return self.consts[reg]

        m = re.fullmatch(r"MOV (R\d+),#(\d+)|(LDR|STR|LDREX) (R\d+),\[(R\d+)\]|"
                         r"STREX (R\d+),(R\d+),\[(R\d+)\]|DMB( ST)?", text)
        need(m, "instruction %r (of the DMBs, herd7's ARM model knows two)" % text)
        for reg in re.findall(r"\bR(\d+)", text):
            need(int(reg) <= 12, "register in %r" % text)
        if m.group(1):
            need((thread, m.group(1)) not in self.addresses, "%r overwrites an address" % text)
            self.consts[m.group(1)] = int(m.group(2))
        elif m.group(3) == "STR":
            code.append(("store", address(m.group(5)), value(m.group(4))))
        elif m.group(3):
            need(m.group(4) not in self.written, "%r overwrites a result" % text)
            self.written.add(m.group(4))
            code.append(("load", m.group(4), address(m.group(5))))
        elif m.group(6):
            need(code and code[-1][0] == "load" and code[-1][2] == address(m.group(8)), "STREX without LDREX")
            need(m.group(6) not in self.written, "%r overwrites a result" % text)
            self.written.add(m.group(6))
            code[-1] = ("xchg", code[-1][1], code[-1][2], value(m.group(7)))
        elif not m.group(9):
            code.append(("mb",))

    def x86(self, thread, text, code):
        m = re.fullmatch(r"MOV (E\w\w),\[(lo|hi)\]|MOV \[(lo|hi)\],\$(\d+)|MOV (E\w\w),\$(\d+)|"
                         r"XCHG \[(lo|hi)\],(E\w\w)|(MFENCE)", text)
        need(m, "instruction %r" % text)
        for reg in re.findall(r"\bE\w\w\b", text):
            need(reg in X86_REGS, "register in %r" % text)
        if m.group(1):
            need(m.group(1) not in self.written, "%r overwrites a result" % text)
            self.written.add(m.group(1))
            code.append(("load", m.group(1), m.group(2)))
        elif m.group(3):
            code.append(("store", m.group(3), int(m.group(4))))
        elif m.group(5):
            self.consts[m.group(5)] = int(m.group(6))
        elif m.group(7):
            need(m.group(8) in self.consts and m.group(8) not in self.written, "XCHG of what? %r" % text)
            self.written.add(m.group(8))
            code.append(("xchg", m.group(8), m.group(7), self.consts[m.group(8)]))
        else:
            code.append(("mb",))

    # ---- the condition: /\ binds tighter, but both in one pair of parentheses is a fault ----

    def parse_condition(self, text):
        t = Tokens(text, r"\d+|[A-Za-z]\w*|/\\|\\/|[()=:]", "condition")
        t.take(r"\(")
        c = self.prop(t, True)
        t.take(r"\)")
        need(not t.peek(), "after the condition: %r" % t.peek())
        return c

    def prop(self, t, outermost=False):
        terms, signs = [self.term(t)], set()
        while t.peek() in ("/\\", "\\/"):
            signs.add(t.take(".*"))
            terms.append(self.term(t))
        need(len(signs) < 2, "/\\ and \\/ without parentheses")
        every = all if signs != {"\\/"} else any
        return (lambda regs: every(x(regs) for x in terms)) if len(terms) > 1 else terms[0]

    def term(self, t):
        if t.has("("):
            c = self.prop(t)
            t.take(r"\)")
            return c
        thread = int(t.take(r"\d+"))
        t.take(":")
        reg = t.take(r"\w+")
        t.take("=")
        value = int(t.take(r"\d+"))
        need(thread < len(self.threads) and reg in self.regs[thread], "%d:%s is no result" % (thread, reg))
        return lambda regs: regs.get((thread, reg), 0) == value

    # ---- every interleaving ----

    def reachable(self, buffered):
        n = len(self.threads)
        start = (tuple(sorted(self.memory.items())), (0,) * n, ((),) * n, (), frozenset(), (None,) * n)
        seen, todo = {start}, [start]
        while todo:
            state = todo.pop()
            moves = list(self.moves(state, buffered))
            if all(state[1][i] == len(self.threads[i]) for i in range(n)):
                if self.condition(dict(state[3])):
                    return True
            for s in moves:
                if s not in seen:
                    seen.add(s)
                    todo.append(s)
        return False

    def moves(self, state, buffered):
        memory, pcs, buffers, regs, held, waits = state
        for i, code in enumerate(self.threads):
            mine = buffers[i]
            if mine:
                m = dict(memory)
                m[mine[0][0]] = mine[0][1]
                yield (tuple(sorted(m.items())), pcs, self.put(buffers, i, mine[1:]), regs, held, waits)
            if pcs[i] < len(code):
                yield from self.step(state, i, code[pcs[i]], buffered)

    @staticmethod
    def put(row, i, x):
        return row[:i] + (x,) + row[i + 1:]

    def step(self, state, i, op, buffered):
        memory, pcs, buffers, regs, held, waits = state
        m, r, go = dict(memory), dict(regs), pcs[i] + 1
        kind = op[0]
        if kind in ("xchg", "mb", "lock", "sync") and buffers[i]:
            return
        if kind == "store" and buffered:
            buffers = self.put(buffers, i, buffers[i] + ((op[1], op[2]),))
        elif kind == "store":
            m[op[1]] = op[2]
        elif kind in ("load", "xchg"):
            newest = [v for var, v in buffers[i] if var == op[2]]
            r[i, op[1]] = newest[-1] if newest else m[op[2]]
            if kind == "xchg":
                m[op[2]] = op[3]
        elif kind == "lock":
            if op in held:
                return
            held = held | {op}
        elif kind == "unlock":
            if buffers[i]:	# a release: a lock is freed when its stores are out
                return
            held = held - {("lock", op[1])}
        elif kind == "enter":
            held = held | {("section", i)}
        elif kind == "exit":
            held = held - {("section", i)}
            waits = tuple(w if w is None else w - {i} for w in waits)
        elif kind == "sync":
            now = frozenset(x[1] for x in held if x[0] == "section") if waits[i] is None else waits[i]
            waits = self.put(waits, i, now if now else None)
            go = pcs[i] if now else go
        elif kind == "goto":
            go = op[1]
        elif kind == "unless":
            if (r.get((i, op[1]), 0) == op[3]) != (op[2] == "=="):
                go = op[4]
        yield (tuple(sorted(m.items())), self.put(pcs, i, go), buffers, tuple(sorted(r.items())), held, waits)


def main(argv):
    run = argv[1] if argv[1:2] in (["--sc"], ["--tso"], ["--claims"]) else None
    bad = 0
    for path in argv[2 if run else 1:]:
        try:
            with open(path, encoding="ascii") as f:
                test = Test(f.read())
            if run == "--claims":
                test.check_claims()
            elif run:
                print(test.name, "reachable" if test.reachable(run == "--tso") else "unreachable")
        except Fault as e:
            print("%s: %s" % (path, e))
            bad = 1
    return bad


if __name__ == "__main__":
    sys.exit(main(sys.argv))
