# a walk that finds no table where it was sent does not look again, and goes on behind it
# for: order
# cells: walk_page_range.pte.zap-reuse
# files: mm/pagewalk.c
/^static int walk_pmd_range\(/,/^}/{
	/if \(pmd_trans_unstable\(pmd\)\)/,/goto again/s/goto again;/continue;/
}
/^static int walk_pte_range\(/,/^}/s/walk->action = ACTION_AGAIN;/walk->action = ACTION_CONTINUE;/
