# SPDX-License-Identifier: GPL-2.0-or-later
# The rows of struct mutant, for table.c, out of what the patches have above their diff.

function die(what) {
	printf "%s:%d: %s\n", file, at, what >"/dev/stderr"
	failed = 1
	exit 1
}
function check_by(   n, i, word) {
	n = split(of["By"], word, /,? +/)
	for (i = 1; i <= n; i++)
		if (word[i] !~ /^(explorer|widened|native|audit|tsan|nothing|or)$/)
			die("unknown instrument \"" word[i] "\"; valid: explorer widened native audit tsan, or nothing")
}
function row(   name, id) {
	name = file
	sub(/.*\//, "", name)
	sub(/\.patch$/, "", name)
	id = name
	gsub(/-/, "_", id)
	if (name !~ /^[a-z0-9-]+$/)
		die("a mutant's name has only a-z, 0-9 and -")
	if (!("Subject" in of) || !("Cell" in of))
		die("no \"" ("Subject" in of ? "Cell" : "Subject") ":\"")
	if (("By" in of) != ("Why" in of))
		die("\"By:\" and \"Why:\" go together")
	check_by()
	printf "X(%s, \"%s\", \"%s\",\n  \"%s\", \"%s\",\n  \"%s\")\n", id, name, of["Subject"], of["Cell"], of["By"], of["Why"]
}
FNR == 1 {
	if (file != "")
		row()
	file = FILENAME
	head = 1
	split("", of)
}
{ at = FNR }
/^(diff|---) / { head = 0 }
!head || /^$/ { next }
/^(Subject|Cell|By|Why): ./ {
	key = $1
	sub(/:$/, "", key)
	if (key in of)
		die("\"" $1 "\" twice")
	if (/["\\]/)
		die("no quotes or backslashes in \"" $1 "\"")
	sub(/^[A-Za-z]+: /, "")
	of[key] = $0
	next
}
{ die("\"" $0 "\": valid above the diff are Subject: Cell: By: Why:") }
END {
	if (!failed && file != "")
		row()
	exit failed
}
