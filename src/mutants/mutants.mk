# SPDX-License-Identifier: GPL-2.0-or-later
# tornwalk-mutants: each of src/mutants/patches as a protocol of its own, in all three worlds.

M_OBJS   := $(MUTANTS:%=$(M)/%.o)

mutants: $(OUT)/tornwalk-mutants

$(OUT)/mutants/%.o: CFLAGS += $(SMALL)

$(OUT)/tornwalk-mutants: $(CMDLINE) $(addprefix $(OUT)/mutants/,main.o also.o score.o table.o tally.o) \
			 $(M_OBJS) $(OUT)/libtornwalk.a configs/targets/static.ld
	$(CC) $(CODE) $(LINKED) -o $@.full $(filter %.o %.a,$^) $(LIBS)
	$(CROSS)strip -o $@ $@.full

# The folder too: it is newer when a patch has been taken out.
$(OUT)/mutants/table.h: src/mutants/table.awk src/mutants/patches $(PATCHES)
	@mkdir -p $(@D)
	@awk -f $< $(PATCHES) >$@.tmp && mv $@.tmp $@
$(OUT)/mutants/table.o: $(OUT)/mutants/table.h
$(OUT)/mutants/table.o: CFLAGS += -I$(OUT)

# What the compiler read the edited files for, once more; then the struct protocol that
# finds its lists there, and those that were not made anew in the original.
$(M)/%.o: $(M)/%/patched src/mutants/mutants.mk \
	  $(foreach w,$(WORLDS),$(PROTOCOL:%=$(OUT)/$(w)/%.o))
	@rm -f $(@:.o=)/*.o
	@set -e; for f in $$(sed -n 's,^+++ b/\([^[:space:]]*\).*,\1,p' src/mutants/patches/$*.patch); do \
		for d in $$(grep -lw "$$f" $(PROTOCOL:%=$(OUT)/native/%.d)); do \
			d=$${d##*/}; d=$${d%.d}; \
			$(foreach w,$(WORLDS),$(CC) $(CFLAGS) $(WORLD_$(w)) -c -o $(@:.o=)/$(w)-$$d.o \
				$(@:.o=)/protocol/$$d.c;) \
		done; \
	done
	@ls $(@:.o=)/*.o >/dev/null
	$(CROSS)ld -r -o $@.tmp $(@:.o=)/*.o $(WORLDS:%=$(OUT)/%/protocol.o)
	$(CROSS)objcopy $(foreach w,$(WORLDS),--redefine-sym $(w)_protocol=mutant_$(subst -,_,$*)_$(w) \
		-G mutant_$(subst -,_,$*)_$(w)) $@.tmp $@
	@rm -f $@.tmp

.PHONY: mutants
