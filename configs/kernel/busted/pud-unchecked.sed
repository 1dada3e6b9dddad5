# walk_pmd_range() does not look again at the PUD that it was sent to, and is sent to leaves where there is no vma
# arches: x86_64
# cells: .pud-
# files: mm/pagewalk.c
s/if \(!pud_present\(pudval\) \|\| pud_leaf\(pudval\)\)/if (pud_none(pudval))/
s/\(!walk->vma && \(pud_leaf\(\*pud\) \|\| !pud_present\(\*pud\)\)\)/(!walk->vma \&\& !pud_present(*pud))/
s/else if \(pud_leaf\(\*pud\) \|\| !pud_present\(\*pud\)\)/else if (!pud_present(*pud))/
