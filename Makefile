# SPDX-License-Identifier: GPL-2.0-or-later
# make [TARGET=x86_64] [COMPILER=gcc|clang] [SAN=address,undefined|thread] [MUTANT=NAME[.raced]]
# Everything lands in build/<target>-<compiler>[-san][-mutant-NAME]/.

TARGET   ?= x86_64
COMPILER ?= gcc
SAN      ?=
MUTANT   ?=

include configs/targets/$(TARGET).mk

comma := ,
HOST  := $(shell gcc -dumpmachine 2>/dev/null || cc -dumpmachine)
CROSS := $(if $(filter $(HOST),$(TRIPLE)),,$(TRIPLE)-)
CC    := $(if $(filter clang%,$(COMPILER)),$(COMPILER) $(if $(CROSS),--target=$(TRIPLE)),$(CROSS)$(COMPILER))
STRIP := $(CROSS)strip
AR    := $(CROSS)ar
# ThreadSanitizer looks into no asm, and tells volatile from plain when it is asked to.
RACES := $(if $(filter thread,$(SAN)),-DRACE_DETECTOR $(if $(filter clang%,$(COMPILER)),-mllvm -tsan-distinguish-volatile=1,--param=tsan-distinguish-volatile=1))
ARCH  := $(if $(RACES),tsan,$(ARCH))
OUT   := build/$(TARGET)-$(COMPILER)$(if $(SAN),-$(subst $(comma),-,$(SAN)))$(if $(MUTANT),-mutant-$(MUTANT))
GIT   := $(shell git describe --always --dirty --abbrev=12 2>/dev/null || echo unknown)$(if $(MUTANT),-mutant-$(MUTANT))

WARN   := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
OPT    ?= -O2
CODE   := $(OPT) $(MARCH) -fno-asynchronous-unwind-tables $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=undefined -g)
CFLAGS := -std=gnu11 -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 $(CODE) $(RACES) -g1 $(WARN) -ffunction-sections -fdata-sections -Isrc -Isrc/protocol -Isrc/native/$(ARCH)
# Identical functions stay apart: the audit wants each by its own name.
ICF    := $(shell $(CC) -Werror -fno-ipa-icf -x c -c /dev/null -o /dev/null 2>/dev/null && echo -fno-ipa-icf)
LINK   := $(if $(SAN),,-static -Wl$(comma)-z$(comma)noseparate-code$(comma)-z$(comma)norelro$(comma)--build-id=none$(comma)--no-eh-frame-hdr$(comma)-T$(comma)configs/targets/static.ld$(if $(START),$(comma)$(START)$(comma)cpu_checked)) -Wl,--gc-sections -pthread
LIBS   := -lurcu-memb -lurcu-mb -lurcu-qsbr -lurcu-bp -lurcu-common -linih

# Values and words: one copy for all worlds.
WORDS    := src/protocol/layouts.c src/protocol/outcome.c
PROTOCOL := $(notdir $(basename $(filter-out $(WORDS),$(wildcard src/protocol/*.c))))
# The instrument's rooms, from the bottom up.
ROOMS    := explore machine stress config predict judge session litmus
SHARED   := $(foreach r,$(ROOMS),$(wildcard src/$(r)/*.c)) \
	    $(WORDS) src/native/widen.c src/native/primitives.c \
	    $(wildcard src/native/$(ARCH)/*.c)
WORLDS   := native widened explored
OBJS     := $(SHARED:src/%.c=$(OUT)/%.o) \
	    $(foreach w,$(WORLDS),$(PROTOCOL:%=$(OUT)/$(w)/%.o))
TESTS    := $(patsubst src/test/%.c,$(OUT)/%,$(wildcard src/test/t_*.c))

# One thread, and coroutines that are left in the middle: sanitizers cannot follow.
UNWATCHED      := $(if $(SAN),-fno-sanitize=address$(comma)thread)
DESK     := $(patsubst src/%.c,$(OUT)/%.o,$(wildcard src/audit/*.c src/report/*.c src/report/*/*.c))

# What a world's protocol sources stand on. Only the native world's code is what
# a claim is about; where delays or a scheduler rule, it may as well be small.
SMALL          := $(if $(filter -O2,$(OPT)),$(if $(filter clang%,$(COMPILER)),-Oz,-Os))
WORLD_native   := -Isrc/native -Isrc/native/tight $(ICF)
WORLD_widened  := -Isrc/native -Isrc/native/widened $(SMALL)
WORLD_explored := -Isrc/explore $(SMALL) $(UNWATCHED)

all: $(OUT)/tornwalk
unit: $(TESTS) $(OUT)/lines $(OUT)/bench $(OUT)/tornreport
tests: unit $(OUT)/tornwalk-mutants

PROGRAM := $(patsubst src/%.c,%,$(wildcard src/cli/*.c))
# What both programs read their command line with.
CMDLINE := cli/options cli/signals cli/usage
$(OUT)/tornwalk: $(PROGRAM:%=$(OUT)/%.o) $(OUT)/libtornwalk.a configs/targets/static.ld
	$(CC) $(CODE) $(LINK) -o $@.full $(filter %.o %.a,$^) $(LIBS)
	$(STRIP) -o $@ $@.full

$(OUT)/libtornwalk.a: $(OBJS)
	rm -f $@
	$(AR) rcs $@ $^

$(OUT)/t_%: src/test/t_%.c $(OUT)/libtornwalk.a
	$(CC) $(CFLAGS) -MMD -MP -o $@ $< $(OUT)/libtornwalk.a -pthread $(LIBS) -lcmocka -lm

$(OUT)/t_stats: src/test/t_stats.c $(OUT)/report/results/stats.o
	$(CC) $(CFLAGS) -MMD -MP -o $@ $^ -lRmath -lm -lcmocka

# The desk's results, and the words they have.
LOADS := $(addprefix $(OUT)/report/results/,load.o line.o members.o pool.o schema1.o) $(OUT)/judge/words.o \
	 $(WORDS:src/%.c=$(OUT)/%.o)
$(OUT)/t_load: src/test/t_load.c $(LOADS) | $(OUT)/lines
	$(CC) $(CFLAGS) -MMD -MP -o $@ $^ -ljansson -lcmocka

$(OUT)/t_compare: src/test/t_compare.c $(addprefix $(OUT)/report/, compare/compare.o compare/allowed.o \
		compare/outcome.o compare/sides.o results/stats.o) $(LOADS)
	$(CC) $(CFLAGS) -MMD -MP -o $@ $^ -ljansson -lRmath -lm -lcmocka

$(OUT)/lines: src/test/lines.c $(OUT)/libtornwalk.a
	$(CC) $(CFLAGS) -MMD -MP -o $@ $< $(OUT)/libtornwalk.a -pthread $(LIBS)

$(OUT)/bench: src/test/bench.c $(OUT)/test/bare.o $(OUT)/libtornwalk.a
	$(CC) $(CFLAGS) -MMD -MP $(LINK) -o $@ $^ $(LIBS) -lm

# The desk's program, for the host only.
$(OUT)/report/html/html.o: $(OUT)/report/html/page_css.h $(OUT)/report/html/page_js.h
$(OUT)/report/html/html.o: CFLAGS += -I$(OUT)
$(OUT)/report/html/page_%.h: src/report/html/page.%
	@mkdir -p $(@D)
	sed 's/[\\"]/\\&/g; s/^[\t ]*//; s/.*/"&\\n"/' $< >$@
$(OUT)/tornreport: $(DESK) $(WORDS:src/%.c=$(OUT)/%.o) $(OUT)/judge/words.o $(OUT)/judge/test_name.o
	$(CC) $(CODE) -o $@ $^ -ljansson -lRmath -lm -lcapstone -lelf

# What is audited and nothing else: one object, quickly made for any compiler and flags.
$(OUT)/audit.o: $(OUT)/native/readers.o $(OUT)/native/writers.o $(OUT)/native/walkers.o
	$(CROSS)ld -r -o $@ $^

bench: $(OUT)/bench $(OUT)/tornwalk
	$(OUT)/bench $(OUT)/tornwalk

define world_rule
$(OUT)/$(1)/%.o: $(2)/%.c Makefile
	@mkdir -p $$(@D)
	$(CC) $(CFLAGS) $(WORLD_$(1)) -MMD -MP -c -o $$@ $$<
endef
include src/mutants/planted.mk
$(foreach w,$(WORLDS),$(eval $(call world_rule,$(w),src/protocol)))

$(OUT)/native/primitives.o $(OUT)/audit/claims.o: CFLAGS += $(WORLD_native)
# What does not race may be small.
COLD := calibrate cell fixture pin poke preempt runner slices strategy tune tuner witness
$(foreach r,$(filter-out machine stress,$(ROOMS)),$(OUT)/$(r)/%.o) $(PROGRAM:%=$(OUT)/%.o) $(COLD:%=$(OUT)/stress/%.o): CFLAGS += $(SMALL)
$(OUT)/explore/%.o $(OUT)/predict/cell_program.o: CFLAGS += $(UNWATCHED)
$(OUT)/stress/preempt.o: CFLAGS += $(if $(SAN),-DSANITIZED=1)
$(OUT)/session/executor.o: CFLAGS += -DTARGET='"$(TARGET)"' -DFLAGS='"$(strip $(CODE))"' -DGIT='"$(GIT)"'
$(OUT)/session/executor.o: $(OUT)/git-$(GIT)

$(OUT)/git-$(GIT):
	@mkdir -p $(@D)
	@rm -f $(OUT)/git-*
	@touch $@

$(OUT)/%.o: src/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

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
-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
