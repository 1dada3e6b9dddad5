# SPDX-License-Identifier: GPL-2.0-or-later
# The patched sources; and, with MUTANT=NAME, worlds made of them: a tornwalk whose protocol
# is broken, and which does not know. MUTANT=NAME.raced leaves the explorer's world honest.

PATCHES  := $(wildcard src/mutants/patches/*.patch)
MUTANTS  := $(PATCHES:src/mutants/patches/%.patch=%)
# What a patch may edit: the worlds are made of it, and nothing else in the program is.
MUTABLE  := $(addprefix src/protocol/,consumers.c plain.h readers.c readers.h steps.h transitions.c \
	    walkers.c writers.c writers.h)
M        := $(OUT)/mutated

# Only whether they all fit.
patched: $(MUTANTS:%=$(M)/%/patched)

$(M)/%/patched: src/mutants/patches/%.patch src/mutants/apply.sh $(MUTABLE)
	@src/mutants/apply.sh $< $(@D)/protocol $(MUTABLE)
	@touch $@

ifneq ($(MUTANT),)
PLANTED        := $(M)/$(basename $(MUTANT))
PLANTED_WORLDS := $(if $(filter .raced,$(suffix $(MUTANT))),native widened,$(WORLDS))
ifeq ($(filter $(MUTANT),$(MUTANTS) $(MUTANTS:%=%.raced)),)
$(error unknown MUTANT "$(MUTANT)"; valid, alone or with .raced: $(MUTANTS))
endif

# The first rule whose source there is, or can be made, is the one.
$(MUTABLE:src/protocol/%=$(PLANTED)/protocol/%): $(PLANTED)/patched ;
$(foreach w,$(PLANTED_WORLDS),$(eval $(call world_rule,$(w),$(PLANTED)/protocol)))
endif

.PHONY: patched
