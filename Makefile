# SPDX-License-Identifier: GPL-2.0-or-later
# make [TARGET=x86_64] [COMPILER=gcc|clang] [SAN=address,undefined|thread] [MUTANT=NAME[.raced]]; make help.
# Everything lands in build/<target>-<compiler>[-san][-mutant-NAME]/.

TARGET   ?= x86_64
COMPILER ?= gcc
SAN      ?=
MUTANT   ?=
OPT      ?= -O2
PREFIX   ?= /usr/local

all:
include configs/targets/$(TARGET).mk

# ---- tools and flags ----

comma := ,
HOST  := $(shell gcc -dumpmachine 2>/dev/null || cc -dumpmachine)
CROSS := $(if $(filter $(HOST),$(TRIPLE)),,$(TRIPLE)-)
CC    := $(if $(filter clang%,$(COMPILER)),$(COMPILER) $(if $(CROSS),--target=$(TRIPLE)),$(CROSS)$(COMPILER))
OUT   := build/$(TARGET)-$(COMPILER)$(if $(SAN),-$(subst $(comma),-,$(SAN)))$(if $(MUTANT),-mutant-$(MUTANT))
GIT   := $(shell git describe --always --dirty --abbrev=12 2>/dev/null || echo unknown)$(if $(MUTANT),-mutant-$(MUTANT))

# ThreadSanitizer looks into no asm, and tells volatile from plain when it is asked to.
RACES := $(if $(filter thread,$(SAN)),-DRACE_DETECTOR $(if $(filter clang%,$(COMPILER)),-mllvm -tsan-distinguish-volatile=1,--param=tsan-distinguish-volatile=1))
ARCH  := $(if $(RACES),tsan,$(ARCH))

# CODE is what a result calls its flags.
CODE   := $(OPT) $(MARCH) -fno-asynchronous-unwind-tables $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=undefined -g)
WARN   := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
CFLAGS := -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 $(CODE) $(RACES) -g1 $(WARN) \
	  -ffunction-sections -fdata-sections -Isrc -Isrc/protocol -Isrc/native/$(ARCH)
STATIC := -static -Wl,-z,noseparate-code -Wl,-z,norelro,--build-id=none,--no-eh-frame-hdr -Wl,-T,configs/targets/static.ld $(LINK)
LINKED := $(if $(SAN),,$(STATIC)) -Wl,--gc-sections -pthread
LIBS   := -lurcu-memb -lurcu-mb -lurcu-qsbr -lurcu-bp -lurcu-common -linih
# Only the native world's code is what a claim is about; the rest may as well be small.
SMALL  := $(if $(filter -O2,$(OPT)),$(if $(filter clang%,$(COMPILER)),-Oz,-Os))
# One thread, and coroutines that are left in the middle: sanitizers cannot follow.
UNWATCHED := $(if $(SAN),-fno-sanitize=address$(comma)thread)
# Identical functions stay apart: the audit wants each by its own name.
ICF    := $(shell $(CC) -Werror -fno-ipa-icf -x c -c /dev/null -o /dev/null 2>/dev/null && echo -fno-ipa-icf)

# ---- what there is ----

# The instrument's rooms, from the bottom up; then the worlds, each with the protocol in it.
ROOMS    := explore machine stress config predict judge session litmus
WORLDS   := native widened explored
# Values, words and names: one copy for all worlds.
WORDS    := src/protocol/layouts.c src/protocol/outcome.c src/protocol/symbols.c
PROTOCOL := $(notdir $(basename $(filter-out $(WORDS),$(wildcard src/protocol/*.c))))
objects   = $(patsubst src/%.c,$(OUT)/%.o,$(wildcard $(1)))
OBJS     := $(call objects,$(ROOMS:%=src/%/*.c) $(WORDS) src/native/*.c src/native/$(ARCH)/*.c) \
	    $(foreach w,$(WORLDS),$(PROTOCOL:%=$(OUT)/$(w)/%.o))
PROGRAM  := $(call objects,src/cli/*.c)
# What both programs read their command line with.
CMDLINE  := $(call objects,src/cli/options.c src/cli/signals.c src/cli/usage.c)
DESK     := $(call objects,src/audit/*.c src/report/*.c src/report/*/*.c $(WORDS) src/judge/words.c src/judge/test_name.c) \
	    $(PROTOCOL:%=$(OUT)/native/%.o)
TESTS    := $(patsubst src/test/%.c,$(OUT)/%,$(wildcard src/test/t_*.c))

WORLD_native   := -Isrc/native -Isrc/native/tight $(ICF)
WORLD_widened  := -Isrc/native -Isrc/native/widened $(SMALL)
WORLD_explored := -Isrc/explore $(SMALL) $(UNWATCHED)

all: $(OUT)/tornwalk
unit: $(TESTS) $(OUT)/tornlive $(OUT)/lines $(OUT)/bench $(OUT)/tornreport
tests: unit $(OUT)/tornwalk-mutants

# ---- objects ----

$(OUT)/%.o: src/%.c Makefile configs/targets/$(TARGET).mk
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

define world_rule
$(OUT)/$(1)/%.o: $(2)/%.c Makefile configs/targets/$(TARGET).mk
	@mkdir -p $$(@D)
	$(CC) $(CFLAGS) $(WORLD_$(1)) -MMD -MP -c -o $$@ $$<
endef
include src/mutants/planted.mk
$(foreach w,$(WORLDS),$(eval $(call world_rule,$(w),src/protocol)))

# What does not race may be small.
COLD := $(patsubst %,$(OUT)/stress/%.o,calibrate cell fixture meet oracle pin poke preempt runner slices strategy sweep tune tuner witness)
$(foreach r,$(filter-out machine stress,$(ROOMS)),$(OUT)/$(r)/%.o) $(PROGRAM) $(COLD) $(OUT)/protocol/symbols.o $(OUT)/protocol/outcome.o: CFLAGS += $(SMALL)
$(OUT)/native/primitives.o $(OUT)/audit/claims.o: CFLAGS += $(WORLD_native)
$(OUT)/explore/%.o $(OUT)/predict/cell_program.o: CFLAGS += $(UNWATCHED)
$(OUT)/stress/preempt.o: CFLAGS += $(if $(SAN),-DSANITIZED=1)
$(OUT)/session/executor.o: CFLAGS += -DTARGET='"$(TARGET)"' -DFLAGS='"$(strip $(CODE))"' -DGIT='"$(GIT)"'
$(OUT)/session/executor.o: $(OUT)/git-$(GIT)
$(OUT)/git-$(GIT):
	@mkdir -p $(@D)
	@rm -f $(OUT)/git-*
	@touch $@

# ---- programs ----

$(OUT)/libtornwalk.a: $(OBJS)
	rm -f $@
	$(CROSS)ar rcs $@ $^

$(OUT)/tornwalk: $(PROGRAM) $(OUT)/libtornwalk.a configs/targets/static.ld
	$(CC) $(CODE) $(LINKED) -o $@.full $(filter %.o %.a,$^) $(LIBS)
	$(CROSS)strip -o $@ $@.full

# The desk's program, for the host only; what it knows of targets and its page's parts are made.
$(OUT)/tornreport: $(DESK)
	$(CC) $(CODE) -o $@ $^ -ljansson -lRmath -lm -lcapstone -lelf
$(OUT)/report/html/html.o: $(OUT)/report/html/page_css.h $(OUT)/report/html/page_js.h
$(OUT)/report/results/target.o: $(OUT)/report/results/targets.h
$(OUT)/report/html/html.o $(OUT)/report/results/target.o: CFLAGS += -I$(OUT)
$(OUT)/report/html/page_%.h: src/report/html/page.%
	@mkdir -p $(@D)
	sed 's/[\\"]/\\&/g; s/^[\t ]*//; s/.*/"&\\n"/' $< >$@
$(OUT)/report/results/targets.h: $(wildcard configs/targets/*.mk)
	@mkdir -p $(@D)
	for f in $^; do sed -n "s|^KCIDB *= *\(.*\)|{ \"$$(basename -s .mk $$f)\", \"\1\", \"$$(sed -n 's/^PROMISES *= *//p' $$f)\" },|p" $$f; done >$@

# The process's sides of a kernel tree's objects (src/kernel); objects.sh links them with each tree.
KERNEL_WORLD := $(addprefix $(OUT)/kernel/,cells.o notes.o oracles.o world.o)
KERNEL_EXPLORER := $(KERNEL_WORLD) $(addprefix $(OUT)/kernel/,explore.o witness.o entry.o models.o transcribed.o seam.o compiled.o) $(call objects,src/explore/*.c) \
	$(addprefix $(OUT)/explored/,readers.o writers.o) $(OUT)/protocol/layouts.o
$(OUT)/kernel/explorer.o: $(KERNEL_EXPLORER)
$(OUT)/kernel/racer.o: $(KERNEL_WORLD) $(addprefix $(OUT)/kernel/,race.o tears.o) $(addprefix $(OUT)/stress/,calibrate.o clock.o pin.o poke.o preempt.o) \
	$(OUT)/native/primitives.o
$(OUT)/kernel/explorer-clang.o: $(filter-out %/seam.o,$(KERNEL_EXPLORER)) $(OUT)/kernel/seam-clang.o
$(OUT)/kernel/explorer.o $(OUT)/kernel/explorer-clang.o $(OUT)/kernel/racer.o:
	$(CROSS)ld -r -o $@ $^
$(OUT)/kernel/seam-clang.o: src/kernel/seam.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -DANNOUNCED_BY_CLANG -MMD -MP -c -o $@ $<
$(OUT)/kernel/%.o: CFLAGS += $(UNWATCHED)
# and what makes verdicts of what they say
$(OUT)/tornkernel: $(call objects,src/kernel/judge/*.c) $(OUT)/kernel/notes.o $(OUT)/judge/words.o $(OUT)/protocol/outcome.o
	$(CC) $(CODE) -o $@ $^ -ljansson

# what makes verdicts of what a board said of its kernel's own page tables
$(OUT)/tornlivejudge: $(call objects,src/live/judge/*.c) $(addprefix $(OUT)/,kernel/judge/members.o judge/words.o config/text.o \
		protocol/outcome.o protocol/layouts.o)
	$(CC) $(CODE) -o $@ $^ -ljansson -lRmath -lm

# what lists the entries that a tree's objects load and store, and what of that an explored program announces
$(OUT)/tornorders: $(OUT)/kernel/audit/orders.o
	$(CC) $(CODE) -o $@ $^ -ljansson -lelf
$(OUT)/tornentries: $(filter-out %/orders.o,$(call objects,src/kernel/audit/*.c)) $(addprefix $(OUT)/audit/,elf.o path.o trace.o x86.o x86_operand.o arm.o arm_memory.o)
	$(CC) $(CODE) -o $@ $^ -ljansson -lcapstone -lelf

# and those of a kernel's image
$(OUT)/tornimage: $(call objects,src/kernel/image/*.c) $(addprefix $(OUT)/kernel/audit/,touch.o promise.o) \
	$(addprefix $(OUT)/audit/,path.o x86_operand.o x86.o arm_memory.o arm.o elf.o)
	$(CC) $(CODE) -o $@ $^ -lcapstone -lelf

# The program that drives a running kernel's module (src/live).
LIVE := $(addprefix $(OUT)/,cli/signals.o cli/usage.o config/number.o stress/clock.o stress/pin.o)
LIVE_DRIVER := $(call objects,src/live/driver/*.c src/native/$(ARCH)/start.c) $(LIVE)
$(OUT)/live/driver/%.o: CFLAGS += $(SMALL)
$(OUT)/tornlive: $(LIVE_DRIVER) configs/targets/static.ld
	$(CC) $(CODE) $(LINKED) -o $@ $(filter %.o,$^)
	$(CROSS)strip $@

# What is audited and nothing else: one object, quickly made for any compiler and flags.
$(OUT)/audit.o: $(OUT)/native/readers.o $(OUT)/native/writers.o $(OUT)/native/walkers.o
	$(CROSS)ld -r -o $@ $^

# ---- tests ----

$(OUT)/t_%: src/test/t_%.c $(OUT)/libtornwalk.a
	$(CC) $(CFLAGS) -MMD -MP -o $@ $< $(OUT)/libtornwalk.a -pthread $(LIBS) -lcmocka -lm
$(OUT)/t_stats: src/test/t_stats.c $(OUT)/report/results/stats.o
	$(CC) $(CFLAGS) -MMD -MP -o $@ $^ -lRmath -lm -lcmocka
# The desk's results, and the words they have.
LOADS := $(addprefix $(OUT)/report/results/,load.o line.o arena.o members.o result.o source.o live.o pool.o schema1.o) $(call objects,$(WORDS)) $(OUT)/judge/words.o
$(OUT)/t_load: src/test/t_load.c $(LOADS) | $(OUT)/lines
	$(CC) $(CFLAGS) -MMD -MP -o $@ $^ -ljansson -lcmocka
$(OUT)/t_compare: src/test/t_compare.c $(addprefix $(OUT)/report/, compare/compare.o compare/allowed.o compare/trees.o compare/kernels.o \
		compare/outcome.o compare/sides.o results/stats.o) $(LOADS)
	$(CC) $(CFLAGS) -MMD -MP -o $@ $^ -ljansson -lRmath -lm -lcmocka
$(OUT)/t_live: src/test/t_live.c $(filter-out %/driver/main.o,$(LIVE_DRIVER))
	$(CC) $(CFLAGS) -MMD -MP -o $@ $< $(filter %.o,$^) -pthread -lcmocka
$(OUT)/lines: src/test/lines.c $(OUT)/libtornwalk.a
	$(CC) $(CFLAGS) -MMD -MP -o $@ $< $(OUT)/libtornwalk.a -pthread $(LIBS)
$(OUT)/bench: src/test/bench.c $(OUT)/test/bare.o $(OUT)/libtornwalk.a
	$(CC) $(CFLAGS) -MMD -MP $(LINKED) -o $@ $^ $(LIBS) -lm
bench: $(OUT)/bench $(OUT)/tornwalk
	$(OUT)/bench $(OUT)/tornwalk

MANPAGES := $(wildcard src/man/*.[1-9])
# The names in tornwalk(1) are those of the program.
man: $(OUT)/tornwalk
	src/man/names.sh src/man/tornwalk.1 $< >$(OUT)/tornwalk.1
	cmp -s $(OUT)/tornwalk.1 src/man/tornwalk.1 || cp $(OUT)/tornwalk.1 src/man/tornwalk.1

clean:
	rm -rf build

.PHONY: all unit tests man bench clean
.SECONDARY:
include src/mutants/mutants.mk
include src/install/install.mk
-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
