# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads a report page with a parser that is not ours: PAGE [RESULTS].

Markup that is not the page's own, links that lead nowhere, anything from a
network, and figures that are not those of RESULTS are named; exit 1 if any is.
"""
import html.parser
import json
import re
import sys

TAGS = set("""html head meta title style header nav main section h1 h2 h3 p a table caption thead
tbody tfoot tr th td div span b strong small sup code pre ul li dl dt dd details summary figure
figcaption svg g path text use circle rect polygon defs button form label input select option
output script br body""".split())
ATTRS = set("""lang charset name content class id href hidden type value tabindex role scope rowspan
colspan title open for autocomplete style aria-label aria-labelledby aria-live aria-hidden viewbox d
transform cx cy r x y width height fill stroke stroke-width stroke-dasharray text-anchor points color
data-is font-family font-size stroke-linecap shape-rendering fill-opacity""".split())


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.faults, self.ids, self.links = [], [], []
        self.tags, self.cells, self.path = {}, [], []
        self.names, self.naming = [], False
        self.tree, self.in_tree = [], False     # rows of kernel trees' tables
        self.running, self.in_live = [], False  # and of running kernels'
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        if tag not in TAGS:
            self.faults.append(f"a <{tag}> that is not the page's, line {self.getpos()[0]}")
        for k, v in attrs:
            if k not in ATTRS:
                self.faults.append(f"<{tag} {k}=...> is not the page's")
            if k == "id":
                self.ids.append(v)
            if k == "href":
                self.links.append(v)
                if not v.startswith("#"):
                    self.faults.append(f"a link out of the page: {v[:60]}")
            if k == "style" and "url" in v:
                self.faults.append("a style with an address")
        self.naming = tag == "summary" and self.path[-1:] == ["t"]
        if self.naming:
            self.names.append("")
        if tag == "table":
            self.in_tree = "tree" in (dict(attrs).get("class") or "").split()
            self.in_live = "live" in (dict(attrs).get("class") or "").split()
            self.path.append(dict(attrs).get("id"))
        if self.path and self.path[-1] == "t":
            if tag == "tr":
                self.cells.append([])
            if tag in ("td", "th") and self.cells:
                self.cells[-1].append("")

        if self.in_tree and tag == "tr":
            self.tree.append([])
        if self.in_tree and tag in ("td", "th"):
            self.tree[-1].append("")
        if self.in_live and tag == "tr":
            self.running.append([])
        if self.in_live and tag in ("td", "th"):
            self.running[-1].append("")

    def handle_endtag(self, tag):
        self.in_tree &= tag != "table"
        self.in_live &= tag != "table"
        self.naming &= tag != "summary"
        if tag == "table" and self.path:
            self.path.pop()

    def handle_data(self, data):
        if self.in_tree and self.tree and self.tree[-1]:
            self.tree[-1][-1] += data
        if self.in_live and self.running and self.running[-1]:
            self.running[-1][-1] += data
        if self.naming:
            self.names[-1] += data
        if self.path and self.path[-1] == "t" and self.cells and self.cells[-1]:
            self.cells[-1][-1] += data


def running(page):
    """What the tables of a running kernel have, by title, row and column."""
    has, head = {}, []
    for row in ([c.strip() for c in r] for r in page.running):
        if row[0] in ("pmd operation", "pte operation", "writer"):
            head = row
        else:
            has.update({(head[0], row[0], column): cell for column, cell in zip(head[1:], row[1:])})
    return has


def figure(n):
    for unit in ("", "k", "M", "G"):
        if n < 999.5 or unit == "G":
            break
        n /= 1000
    return (f"{n:.0f}" if n >= 99.95 or n == int(n) else f"{n:.1f}" if n >= 9.995 else
            f"{n:.2f}") + unit


def shown(models):
    """What a tree's table has under its models: the first bad note, and how many more."""
    order = [m for m in ("sc", "tso", "weak", "low", "high", "compiled") if m in models]
    for m in (models[k] for k in order):
        bad = m["bad"].split(",")
        yield (bad[0] + (f" +{len(bad) - 1}" if len(bad) > 1 else "") if m["bad"] else
               "clean" if m["complete"] else "(clean)") + (f", {m['unknown']}?" if m.get("unknown") else "")


def figures(page, path):
    """The torn rate of every cell, found by its name, from the last line that has it."""
    want = {}
    for line in open(path, encoding="utf-8"):
        r = json.loads(line)
        want[r["scenario"]] = r
    rows = dict(zip(page.names, page.cells[1:]))
    if len(rows) != len(want):
        yield f"{len(rows)} rows for {len(want)} cells"
    for name, r in want.items():
        if name not in rows:
            yield f"no row for {name}"
            continue
        row, k = [c.strip() for c in rows[name]], r["distinct"]["torn"]
        if not row[0].endswith(r["verdict"]):
            yield f"{name}: verdict {row[0]}, not {r['verdict']}"
        rated = r.get("unbiased", r)
        raced = ("tree" not in r or r["walks"]) and r["seconds"] > 0 and r.get("live", {}).get("of") not in ("user", "probe", "log")
        rate = rated["distinct"]["torn"] / rated["seconds"] if raced else 0
        if row[-6] != (figure(rate) if rate else "0" if raced else "–"):
            yield f"{name}: {row[-6]} torn/s, not {rate}"
        if bool(k) != ("torn" in row[-7]):
            yield f"{name}: seen is {row[-7]!r}"
        if "tree" in r:
            has = [[c.strip() for c in t] for t in page.tree if name.endswith("." + t[1].strip())]
            want_row = list(shown(r["tree"]["explored"]))
            if len(has) != 1 or not has[0][0].endswith(r["verdict"]) or \
               [c for c in has[0][2:-3 if any(o["walks"] for o in want.values()) else -1] if c] != want_row or has[0][-1] != r["reason"]:
                yield f"{name}: the tree's table has {has}, not {r['verdict']}, {want_row}"
        if "live" in r and r["live"]["of"] in ("operation", "private"):
            of = r["level"] + " operation" if r["live"]["of"] == "operation" else "writer"
            torn = figure(k)
            has = running(page).get((of, r["transition"], r["reader"]), "")
            if torn not in has.replace("w", " ").split() or ("✗" in has) != (r["verdict"] == "fail") or \
               ("?" in has) != (r["verdict"] == "inconclusive"):
                yield f"{name}: the kernel's table has {has!r}, not {r['verdict']}, {torn}"
        if row[-2] != (figure(r["strength"]) if r.get("strength") else ""):
            yield f"{name}: strength is {row[-2]!r}"


def main(path, results=None):
    with open(path, "rb") as f:
        text = f.read().decode("utf-8")     # strictly
    page = Page(text)
    faults = page.faults
    faults += [f"id {i} twice" for i in set(page.ids) if page.ids.count(i) > 1][:5] \
        if len(page.ids) < 5000 else []
    faults += [f"{link} leads nowhere" for link in set(page.links) if link[1:] not in set(page.ids)]
    if page.tags.get("script") != 1 or page.tags.get("style") != 1:
        faults.append("one script and one style, not more")
    if re.search(r"https?:|//[a-z]|@import|url\(", text):
        faults.append("something from a network")
    bad = re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]", text)
    if bad:
        faults.append(f"U+{ord(bad.group()):04x} at {bad.start()}")
    if results:
        faults += figures(page, results)
    print("\n".join(faults[:40]), end="\n" if faults else "")
    return bool(faults)


sys.exit(main(*sys.argv[1:]))
