# SPDX-License-Identifier: GPL-2.0-or-later
# make install [PREFIX=/usr/local] [DESTDIR=], make uninstall: one list of files, made from and taken away by both.

CONFIGS    := $(patsubst configs/%,%,$(wildcard configs/scenarios/*.ini configs/suites/*.ini))
# The desk's program is for the host only.
PROGRAMS   := tornwalk $(if $(CROSS),,tornreport)
COMPLETION := share/bash-completion/completions
man         = share/man/man$(patsubst .%,%,$(suffix $(1)))/$(notdir $(1))

INSTALLED  := $(PROGRAMS:%=bin/%) $(CONFIGS:%=share/tornwalk/configs/%) $(foreach m,$(MANPAGES),$(call man,$(m))) \
	      $(if $(CROSS),,$(PROGRAMS:%=$(COMPLETION)/%))
TO         := $(DESTDIR)$(PREFIX)

$(OUT)/completion: $(PROGRAMS:%=$(OUT)/%) src/install/completion.sh
	src/install/completion.sh $(PROGRAMS:%=$(OUT)/%) >$@.tmp && mv $@.tmp $@

install: $(PROGRAMS:%=$(OUT)/%) $(if $(CROSS),,$(OUT)/completion)
	for f in $(PROGRAMS); do install -D $(OUT)/$$f "$(TO)/bin/$$f" || exit; done
	for f in $(CONFIGS); do install -D -m 644 configs/$$f "$(TO)/share/tornwalk/configs/$$f" || exit; done
	$(foreach m,$(MANPAGES),install -D -m 644 $(m) "$(TO)/$(call man,$(m))" &&) :
	$(if $(CROSS),:,for f in $(PROGRAMS); do install -D -m 644 $(OUT)/completion "$(TO)/$(COMPLETION)/$$f" || exit; done)

uninstall:
	for f in $(INSTALLED); do rm -f "$(TO)/$$f" || exit; done
	-cd "$(TO)/share" 2>/dev/null && rmdir -p --ignore-fail-on-non-empty tornwalk/configs/scenarios tornwalk/configs/suites 2>/dev/null

help:
	@echo 'make [TARGET=x86_64] [COMPILER=gcc|clang] [SAN=address,undefined|thread] [OPT=-O2]'
	@echo '  all         tornwalk for TARGET, in $(OUT)'
	@echo '  unit        the unit tests, bench, and tornreport for the host'
	@echo '  tests       those and tornwalk-mutants'
	@echo '  bench       what the tester costs and how sharp it is'
	@echo '  install     into PREFIX=$(PREFIX), under DESTDIR'
	@echo '  uninstall   takes away what install put there'
	@echo '  clean       everything that was built'
	@echo 'TARGET is one of: $(basename $(notdir $(wildcard configs/targets/*.mk))). ./run.sh help has what else there is.'

.PHONY: install uninstall help
