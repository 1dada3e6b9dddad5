# gup does not ask whether it got its reference
# for: fault
# cells: gup_fast.zap-reuse gup_fast.pte-zap-reuse
# files: mm/gup.c
/^static int gup_/,/^}/s/^(\t+)if \(!(folio|head)\)$/\1if (0)/
