# gup does not ask whether it got its reference
# for: fault
# files: mm/gup.c
/^static int gup_/,/^}/s/^(\t+)if \(!(folio|head)\)$/\1if (0)/
