# SPDX-License-Identifier: GPL-2.0-or-later
"""Is FILE what KCIDB's schema v5 allows? By Debian's jsonschema, and no object
may refer to one that is not there. Prints what is wrong; exit 1 if anything is."""
import json
import os
import sys

import jsonschema

SCHEMA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "schema", "kcidb-v5.json")


def faults(data, schema):
    jsonschema.Draft7Validator.check_schema(schema)
    for e in jsonschema.Draft7Validator(schema).iter_errors(data):
        yield f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}"
    for kind in ("checkouts", "builds", "tests"):
        ids = [o.get("id") for o in data.get(kind, [])]
        if len(ids) != len(set(ids)):
            yield f"{kind}: an id is there twice"
        for o in data.get(kind, []):
            if not str(o.get("id")).startswith(f"{o.get('origin')}:"):
                yield f"{kind}: id {o.get('id')} is not its origin's"
    if "builds" in data:
        known = {o["id"] for o in data["builds"]}
        yield from (f"no build {t.get('build_id')}" for t in data.get("tests", [])
                    if t.get("build_id") not in known)
        known = {o["id"] for o in data.get("checkouts", [])}
        yield from (f"no checkout {b.get('checkout_id')}" for b in data["builds"]
                    if b.get("checkout_id") not in known)


with open(SCHEMA, encoding="utf-8") as f:
    rules = json.load(f)
with open(sys.argv[1], encoding="utf-8") as f:
    found = list(faults(json.load(f), rules))
print("\n".join(found), end="\n" if found else "")
sys.exit(bool(found))
