# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds READMEs against what they are about: links|files|functions|blocks FILE...

Prints what is wrong, one line each; exit 1 if anything is. blocks: $TORNWALK is run.
"""
import os
import re
import subprocess
import sys

NAMES = {f for _, _, files in os.walk("src") for f in files}
SOURCES = "".join(open(os.path.join(d, f), encoding="utf-8").read()
                  for d, _, files in os.walk("src") for f in files if f.endswith((".c", ".h", ".sh")))


def links(path, text):
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if "://" not in target and not os.path.exists(os.path.join(os.path.dirname(path), target)):
            yield f"no {target}"


def files(path, text):
    """What is between backquotes and looks like a path, seen from the README or from the top."""
    for name in re.findall(r"`([\w./-]+)`", text):
        name = name.removeprefix("./")
        if re.fullmatch(r"[\w/-]+\.(c|h|sh|ini|mk|py|expected)", name) and "NAME" not in name:
            if not any(os.path.exists(os.path.join(d, name)) for d in (os.path.dirname(path), ".", "src")) and \
               name not in NAMES:
                yield f"no {name}"


def functions(_, text):
    for name in re.findall(r"`(\w+)\(\)`", text):
        if "NAME" not in name and not re.search(rf"^[\w \*]*\b{name}\(", SOURCES, re.M):
            yield f"no {name}()"


def blocks(_, text):
    """What a block shows under `$ tornwalk ...` is a stretch of what that prints."""
    for command, shown in re.findall(r"^```\n\$ tornwalk (.*)\n(.*?)^```$", text, re.S | re.M):
        out = subprocess.run([os.environ["TORNWALK"], *command.split()], capture_output=True,
                             text=True, timeout=240, check=False).stdout
        if shown not in out:
            yield f"tornwalk {command} prints something else"


def main(what, *paths):
    bad = False
    for path in paths:
        with open(path, encoding="utf-8") as f:
            for fault in globals()[what](path, f.read()):
                print(f"{path}: {fault}")
                bad = True
    return bad


sys.exit(main(*sys.argv[1:]))
