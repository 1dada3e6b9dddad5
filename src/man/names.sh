#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: names.sh PAGE TORNWALK: the page on standard output, with each region
#	.\" BEGIN LIST ... .\" END LIST
# filled from `TORNWALK list LIST`. Each machine has its own 8-byte mechanisms; the readers
# made of them are in the page's own words.
set -eu
page=$1 tornwalk=$2

items() { # LIST: mdoc
	"$tornwalk" list "$1" | awk '
		function flush() { if (name != "") printf ".It Cm %s\n%s\n", name, text }
		BEGIN { print ".Bl -tag -width Ds" }
		/^ *NOT USABLE HERE/ { next }
		/^  [^ ]/ {
			flush()
			name = $1
			text = substr($0, 3 + length(name))
			sub(/^ */, "", text)
			next
		}
		{ sub(/^ */, "") }
		/^(models|unless a scenario says otherwise): / {
			sub(/^models: /, "Models: ")
			sub(/^unless a scenario says otherwise: /, "Usually ")
			gsub(/; /, ";\n")
			text = text ".\n" $0
			next
		}
		{ text = text (text == "" ? "" : " ") $0 }
		END { flush(); print ".El" }' |
		awk '/^\.It Cm atomic64-/ { skip = 1 } /^\.(It Cm [^a]|It Cm a[^t]|It Cm atomic64$|El)/ { skip = 0 } !skip' |
		sed -E '/^\.(It|Bl|El)/!{ s/\\/\\e/g; s/\(\)/(\\\&)/g }' |
		fold -s -w 78 | sed -E 's/ +$//; /^\.(It|Bl|El) /!s/^([.'\''])/\\\&\1/; s/^\\&\.El$/.El/'
}

while IFS= read -r line; do
	case $line in
	'.\" BEGIN '*)
		echo "$line"
		items "${line##* }"
		while IFS= read -r line && [[ $line != '.\" END '* ]]; do :; done
		;;
	esac
	printf '%s\n' "$line"
done <"$page"
