#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# mutate.sh LIST PROTOCOL OUT: for each mutant a copy of the protocol sources with
# its one edit, OUT/NAME/protocol/; which objects that concerns, OUT/NAME/objects;
# and the table of all mutants, OUT/table.c. What has not changed keeps its time.
set -eu
list=$1 protocol=$2 out=$3

mkdir -p "$out"
scratch=$(mktemp -d "$out/new.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

awk -v protocol="$protocol" -v out="$scratch" '
function die(what) {
	printf "%s:%d: %s\n", FILENAME, at, what >"/dev/stderr"
	failed = 1
	exit 2
}
function trim(s) {	# as it counts: no indentation, no continuation
	sub(/[ \t]*\\?$/, "", s)
	sub(/^[ \t]+/, "", s)
	return s
}
# The lines of function (or macro) fn in src[1..n]: first .. last
function locate(fn, n,   i, k) {
	first = 0
	for (i = 1; i <= n; i++) {
		k = index(src[i], fn "(")
		if (!k || src[i] ~ /^[ \t]/ || src[i] ~ /;$/ ||
		    (k > 1 && substr(src[i], k - 1, 1) ~ /[A-Za-z0-9_]/))
			continue
		if (first)
			die(name ": " file " has " fn " more than once")
		first = i
	}
	if (!first)
		die(name ": " file " has no " fn)
	if (src[first] ~ /^#define/)
		for (last = first; src[last] ~ /\\$/; last++)
			;
	else
		for (last = first; src[last] !~ /^}|[^ \t].*}$/ && last < n; last++)
			;
}
function edit(h, n,   i, j, found, where, indent, more, text) {
	found = 0
	for (i = first; i + nold[h] - 1 <= last; i++) {
		for (j = 1; j <= nold[h] && trim(src[i + j - 1]) == trim(old[h, j]); j++)
			;
		if (j > nold[h]) {
			found++
			where = i
		}
	}
	if (found != 1)
		die(name ": \"" trim(old[h, 1]) "\" is " found " times in " fn " of " file ", not once")
	match(src[where], /^[ \t]*/)
	indent = substr(src[where], 1, RLENGTH)
	more = src[where] ~ /\\$/ ? " \\" : ""
	text = ""
	for (j = 1; j <= nnew[h]; j++)
		text = text indent new[h, j] more "\n"
	for (i = where; i < where + nold[h]; i++)
		src[i] = "\001"	# no line
	src[where] = nnew[h] ? substr(text, 1, length(text) - 1) : "\001"
}
function objects() {
	if (file == "readers.h")	# inlined in walkers.c is only the one
		return fn == "rd_plain_reread" ? "readers walkers" : "readers"
	if (file == "steps.h")
		return "walkers"
	return substr(file, 1, length(file) - 2)
}
function row(   id, list, n, i, w, what, world) {
	id = name
	gsub(/-/, "_", id)
	split("", mine)
	if (objects() ~ /walkers/)
		mine["walkers"] = mine["split"] = 1
	n = split(objects(), list, " ")
	for (i = 1; i <= n; i++)
		mine[list[i]] = 1
	split("native widened explored", world, " ")
	for (w = 1; w <= 3; w++) {
		declared = declared "DECLARE(" id "_" world[w] ")\n"
		protocols = protocols "static const struct protocol " id "_" world[w] " = {\n\t.world = \"" world[w] \
			"\", .seed = " (w == 2 ? "widen_seed" : "NULL")
		for (what in lists)
			protocols = protocols ",\n\t." what " = " (what in mine ? "mutant_" id "_" : "") world[w] "_" what
		protocols = protocols "\n};\n"
		for (what in mine)
			printf "%s_%s mutant_%s_%s_%s\n", world[w], what, id, world[w], what >(out "/" name "/symbols")
	}
	close(out "/" name "/symbols")
	rows = rows "\t{ .name = \"" name "\", .file = \"" file "\", .function = \"" fn "\",\n\t  .what = \"" \
		field["what"] "\",\n\t  .cell = \"" field["cell"] "\", .by = \"" field["by"] "\",\n\t  .why = \"" \
		field["why"] "\",\n\t  .native = &" id "_native, .widened = &" id "_widened, .explored = &" id "_explored },\n"
}
function finish(   n, h, i, path, dir) {
	at = begun
	fn = field["in"]
	file = field["file"]
	for (i in needed)
		if (field[i] == "")
			die(name ": no \"" i " =\"")
	if ((field["by"] == "") != (field["why"] == ""))
		die(name ": \"by\" and \"why\" go together")
	if (!hunks)
		die(name ": no edit: lines that begin with - and +")
	if (index(" readers.h writers.h steps.h walkers.c consumers.c transitions.c ", " " file " ") == 0)
		die(name ": unknown file \"" file "\"; valid: readers.h writers.h steps.h walkers.c consumers.c transitions.c")
	dir = out "/" name "/protocol"
	system("mkdir -p " dir " && cp " protocol "/*.[ch] " dir)
	path = protocol "/" file
	for (n = 0; (getline line <path) > 0;)
		src[++n] = line
	close(path)
	locate(fn, n)
	for (h = 1; h <= hunks; h++)
		edit(h, n)
	for (i = 1; i <= n; i++)
		if (src[i] != "\001")
			print src[i] >(dir "/" file)
	close(dir "/" file)
	print objects() >(out "/" name "/objects")
	close(out "/" name "/objects")
	row()
}
function begin(title) {
	if (name != "")
		finish()
	name = title
	if (name !~ /^[a-z0-9-]+$/ || name in seen)
		die("bad mutant name \"" name "\": once each, only a-z, 0-9 and -")
	seen[name] = begun = FNR
	hunks = 0
	in_new = 1
	split("", field)
}
BEGIN {
	split("file in what cell", k, " ")
	for (i in k)
		needed[k[i]] = 1
	split("readers writers transitions walkers consumers split", k, " ")
	for (i in k)
		lists[k[i]] = 1
}
{ at = FNR }
/^[ \t]*([;#]|$)/ { next }
/^\[.*\]$/ { begin(substr($0, 2, length($0) - 2)); next }
name == "" { die("a mutant begins with [its-name]") }
/^-( |$)/ {
	if (in_new) {
		hunks++
		nold[hunks] = nnew[hunks] = in_new = 0
	}
	old[hunks, ++nold[hunks]] = substr($0, 3)
	next
}
/^\+( |$)/ {
	if (!hunks)
		die(name ": a + before any -")
	in_new = 1
	new[hunks, ++nnew[hunks]] = substr($0, 3)
	next
}
/^(file|in|what|cell|by|why) = / {
	key = $1
	in_new = 1
	sub(/^[a-z]+ = /, "")
	if (key in field)
		die(name ": \"" key "\" twice")
	if (/["\\]/)
		die(name ": no quotes or backslashes in \"" key "\"")
	field[key] = $0
	next
}
{ die(name ": \"" $0 "\": valid are file, in, what, cell, by, why, and lines that begin with - or +") }
END {
	if (failed)
		exit 2
	if (name != "")
		finish()
	if (failed)
		exit 2
	print "/* made by mutate.sh */\n#include \"mutants/mutants.h\"\n#include \"native/widen.h\"\n" >(out "/table.c")
	print "#define DECLARE(w) extern const struct reader mutant_##w##_readers[]; \\\n" \
	      "\textern const struct writer mutant_##w##_writers[]; \\\n" \
	      "\textern const struct transition mutant_##w##_transitions[]; \\\n" \
	      "\textern const struct walker mutant_##w##_walkers[]; \\\n" \
	      "\textern const struct walk_ops mutant_##w##_consumers[]; \\\n" \
	      "\textern void mutant_##w##_split(struct walk *w_, enum level l, entry_t *ptr);\n" >(out "/table.c")
	base = "DECLARE(native)\nDECLARE(widened)\nDECLARE(explored)\n"
	gsub(/DECLARE\(/, "BASE(", base)
	print "#define BASE(w) extern const struct reader w##_readers[]; \\\n" \
	      "\textern const struct writer w##_writers[]; \\\n" \
	      "\textern const struct transition w##_transitions[]; \\\n" \
	      "\textern const struct walker w##_walkers[]; \\\n" \
	      "\textern const struct walk_ops w##_consumers[]; \\\n" \
	      "\textern void w##_split(struct walk *w_, enum level l, entry_t *ptr);\n" base declared >(out "/table.c")
	print protocols "\nconst struct mutant mutants[] = {\n" rows "\t{ .name = NULL },\n};" >(out "/table.c")
}' "$list"

# Only what is new or different takes its place, and its time.
for made in "$scratch"/*/; do
	name=$(basename "$made")
	diff -rq "$made" "$out/$name" >/dev/null 2>&1 && continue
	rm -rf "${out:?}/$name"
	mv "$made" "$out/$name"
	touch "$out/$name.edited"
done
cmp -s "$scratch/table.c" "$out/table.c" || mv "$scratch/table.c" "$out/table.c"
