# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The addresses in what an explorer says become lines of the tree, by the DWARF of the
# objects that ran. Of the functions that were inlined into each other it is the line in the
# .c file of the tree that counts, or else of the glue. Sourced.

# PROGRAM VIEW CROSS: stdin to stdout
kernel_lines() {
	local said

	said=$(mktemp)
	cat >"$said"
	# a hook's return address is behind the call; the line is of the call
	awk -F'\t' '$1 == "unknown" { $7 = $3 }
		($1 == "step" || $1 == "unknown") && $7 ~ /^0x/ && !seen[$7]++ { print $7 }' "$said" | while read -r at; do
		printf '%s 0x%x\n' "$at" $((at - 1))
	done >"$said.at"
	cut -d' ' -f2 "$said.at" | "$3addr2line" -a -i -f -e "$1" | awk -v view="$2/" -v OFS='\t' '
		/^0x/ { if (at) print at, best ? best : any; at = $1; best = any = ""; next }
		{ f = $1; getline where; sub(/ \(discriminator.*/, "", where); sub(view, "", where)
		  if (where ~ /^\?|:\?$/) next
		  if (where ~ /\/glue\//) sub(/^.*\/glue\//, "glue/", where)
		  if (where ~ /\/src\/kernel\//) sub(/^.*\/src\/kernel\//, "src/kernel/", where)
		  if (where ~ /\/overlay\//) sub(/^.*\/overlay\//, "", where)
		  place = where " " f "()"
		  if (!any) any = place
		  if (!best && where ~ /^(mm\/[^:]*\.c|glue\/(mm|gup|hmm)\.c|arch\/[^:]*\.c)/) best = place }
		END { if (at) print at, best ? best : any }' >"$said.lines"
	awk -F'\t' -v OFS='\t' -v ats="$said.at" -v lines="$said.lines" '
		BEGIN { while ((getline < lines) > 0) { k = $1; sub(/^0x0*/, "", k); line[k] = $2 }
			while ((getline row < ats) > 0) { split(row, a, " "); k = a[2]; sub(/^0x0*/, "", k); of[a[1]] = line[k] } }
		$1 == "step" && ($7 in of) { $7 = of[$7] == "" ? "-" : of[$7] }
		$1 == "unknown" && of[$3] != "" { $3 = of[$3] }
		$1 == "step" && $7 == "(nil)" { $7 = "-" }
		{ print }' "$said"
	rm -f "$said"*
}
