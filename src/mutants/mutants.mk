# SPDX-License-Identifier: GPL-2.0-or-later
# tornwalk-mutants: tornwalk, and every mutant of src/mutants/list in all three worlds.

M         := $(OUT)/mutated
MUTANTS   := $(shell sed -n 's/^\[\([a-z0-9-]*\)\]$$/\1/p' src/mutants/list)
M_OBJS    := $(MUTANTS:%=$(M)/%.o)
M_DEPENDS := $(wildcard src/protocol/*.h src/explore/*.h src/native/*.h src/native/*/*.h) Makefile src/mutants/mutants.mk

mutants: $(OUT)/tornwalk-mutants

$(OUT)/mutants/%.o: CFLAGS += $(SMALL)

$(OUT)/tornwalk-mutants: $(CMDLINE:%=$(OUT)/%.o) $(OUT)/mutants/main.o $(OUT)/mutants/score.o $(OUT)/mutants/tally.o \
			 $(M)/table.o $(M_OBJS) $(OUT)/libtornwalk.a configs/targets/static.ld
	$(CC) $(CODE) $(LINK) -o $@.full $(filter %.o %.a,$^) $(LIBS)
	$(STRIP) -o $@ $@.full

$(M)/made: src/mutants/list src/mutants/mutate.sh $(wildcard src/protocol/*)
	src/mutants/mutate.sh src/mutants/list src/protocol $(M)/src
	@touch $@

# What mutate.sh left alone is as old as it was.
$(MUTANTS:%=$(M)/src/%.edited) $(M)/src/table.c: $(M)/made
	@:

$(M)/table.o: $(M)/src/table.c Makefile
	$(CC) $(CFLAGS) $(SMALL) -c -o $@ $<

# The objects that the edit concerns, by the rules of each world; then their lists get the mutant's name.
$(M)/%.o: $(M)/src/%.edited $(M_DEPENDS)
	@set -e; for f in $$(cat $(M)/src/$*/objects); do \
		$(foreach w,native widened explored, \
			$(CC) $(CFLAGS) $(WORLD_$(w)) -c -o $(M)/src/$*.$(w).$$f.o $(M)/src/$*/protocol/$$f.c;) \
	done
	$(CROSS)ld -r -o $@.tmp $(M)/src/$*.native.*.o $(M)/src/$*.widened.*.o $(M)/src/$*.explored.*.o
	$(CROSS)objcopy --redefine-syms=$(M)/src/$*/symbols $@.tmp $@
	@rm -f $@.tmp $(M)/src/$*.native.*.o $(M)/src/$*.widened.*.o $(M)/src/$*.explored.*.o

.PHONY: mutants
