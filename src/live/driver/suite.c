/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "suite.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "arena.h"
#include "cli/signals.h"
#include "cli/usage.h"
#include "device.h"
#include "files.h"
#include "lines.h"
#include "looks.h"
#include "operations.h"
#include "race.h"
#include "users.h"
#include "watch.h"

#define NS_PER_MS UINT64_C(1000000)

struct run {
	const struct suite *suite;
	struct device *device;
	struct watch *watch;
	struct arena arena;
	struct looks looks;
	uint64_t frames;	/* frame numbers end here */
	bool failed, missed;	/* what must not be was seen; something could not be done */
};

/* ---- one operation ---- */

static struct racer writer_of(struct run *r, const struct operation *op)
{
	return (struct racer){ .op = op, .cpu = r->suite->cpu[0],
			       .work = { .arena = &r->arena, .looks = &r->looks } };
}

static void skip_line(const struct operation *op, const char *why)
{
	line("skip\t%s\t%s\t%s", level_names[op->level], op->name, why);
}

static void complain(struct run *r, const struct operation *op, const char *what, int err)
{
	fprintf(stderr, "tornlive: %s %s: %s: %s\n", level_names[op->level], op->name, what, strerror(-err));
	r->missed = true;
}

static void frame_lines(struct run *r, const struct operation *op)
{
	const struct looks *l = &r->looks;
	unsigned i;

	line("frames\t%s\t%s\t%" PRIu64 "\t%" PRIu64, level_names[op->level], op->name, l->found, l->looked);
	for (i = 0; i < l->frames; i++)
		line("frame\t%s\t%s\t%" PRIx64, level_names[op->level], op->name, l->frame[i]);
	if (l->looked && l->found * 10 < l->looked * 9)
		fprintf(stderr, "tornlive: %s %s: only %" PRIu64 " of %" PRIu64 " looks found %s\n",
			level_names[op->level], op->name, l->found, l->looked,
			op->first == SMALL ? "a small page" : "a huge page");
	else if (!l->looked)
		fprintf(stderr, "tornlive: %s %s: %s\n", level_names[op->level], op->name,
			l->hidden ? "frame numbers are hidden; root sees them" : "nothing was looked at");
}

static void work_lines(struct run *r, const struct racer *writer)
{
	const struct operation *op = writer->op;

	frame_lines(r, op);
	if (writer->work.broken)
		complain(r, op, "there is no memory to go on with", -writer->work.failed);
	else if (writer->work.errors)
		fprintf(stderr, "tornlive: %s %s: %" PRIu64 " calls failed in %" PRIu64 " cycles, the last with: %s\n",
			level_names[op->level], op->name, writer->work.errors, writer->work.cycles,
			strerror(writer->work.failed));
	line("end\t%s\t%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64, level_names[op->level], op->name, writer->ns,
	     writer->work.cycles, writer->work.errors);
}

static void begin_line(const struct operation *op, uint64_t ns)
{
	line("begin\t%s\t%s\t%" PRIu64 ".%03u", level_names[op->level], op->name, ns / (1000 * NS_PER_MS),
	     (unsigned)(ns / NS_PER_MS % 1000));
}

static int start(struct run *r, const struct operation *op)
{
	struct live_start s = { .level = op->level, .readers = device_readers(r->device, op->level),
				.batch = r->suite->batch, .cpu = (uint32_t)r->suite->cpu[1], .gap = r->suite->gap,
				.seed = r->suite->seed };
	unsigned i, k, slots = op->level == LIVE_PMD ? 1 : SMALL_SLOTS / op->regions;

	/* a pmd is read at the start of its region; PTEs, of pages that are written */
	for (i = 0; i < op->regions; i++)
		for (k = 0; k < slots; k++)
			s.slot[s.nslots++] = (uintptr_t)region(&r->arena, op->first + i) +
					     (uintptr_t)marked_page(op->first + i, k) * PAGE;
	return r->device->call(r->device, LIVE_START, &s);
}

static void under_module(struct run *r, const struct operation *op)
{
	struct racer writer = writer_of(r, op);
	int err, raced;

	if (r->suite->cpu[0] == r->suite->cpu[1]) {
		skip_line(op, "one CPU: the module's readers run with interrupts off, and nothing beside them");
		return;
	}
	looks_clear(&r->looks);
	err = start(r, op);
	if (err) {
		skip_line(op, "the module does not start to read");
		complain(r, op, "START", err);
		return;
	}
	begin_line(op, r->suite->time_ns);
	watch_expect(r->watch, r->suite->time_ns);
	raced = race(&writer, NULL, r->suite->time_ns);
	err = r->device->call(r->device, LIVE_STOP, NULL);
	if (!err)
		err = device_values(r->device, op);
	if (err)
		complain(r, op, "what the module saw is lost", err);
	if (raced)
		complain(r, op, "no thread", raced);
	if (!err && !raced)
		work_lines(r, &writer);
}

static void user_line(const struct racer *reader, const struct operation *op)
{
	const struct user *u = &reader->user;

	line("user\t%s\t%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%s", reader->reader->name, op->name, u->walks, u->bad,
	     reader->ns, u->witness[0] ? u->witness : "-");
}

/* The kernel's own readers, one after the other; without the module the operation's lines are of these runs. */
static void under_users(struct run *r, const struct operation *op)
{
	struct racer writer = writer_of(r, op), all = writer;
	unsigned i, n = 0;
	int err;

	for (i = 0; user_readers[i].name; i++)
		n += (r->suite->users >> i & 1) && !(op->pinless && user_readers[i].pins);
	looks_clear(&r->looks);
	if (!r->device)
		begin_line(op, n * r->suite->user_ns);
	for (i = 0; user_readers[i].name && !interrupted; i++) {
		struct racer reader = {
			.reader = &user_readers[i], .cpu = r->suite->cpu[1],
			.user = { .arena = &r->arena, .first = op->first, .regions = op->regions,
				  .frames = r->frames, .random = r->suite->seed * 2 + 1 },
		};

		if (!(r->suite->users >> i & 1))
			continue;
		if (op->pinless && user_readers[i].pins) {
			line("fact\t%s of %s\tnot run: it pins pages, and what is pinned is not moved", user_readers[i].name,
			     op->name);
			continue;
		}
		err = user_open(&reader.user, reader.reader);
		if (err) {
			complain(r, op, reader.reader->name, err);
			continue;
		}
		writer = writer_of(r, op);
		watch_expect(r->watch, r->suite->user_ns);
		err = race(&writer, &reader, r->suite->user_ns);
		user_close(&reader.user);
		if (err) {
			complain(r, op, "no thread", err);
			break;
		}
		user_line(&reader, op);
		r->failed |= reader.user.bad != 0;
		all.work.cycles += writer.work.cycles;
		all.work.errors += writer.work.errors;
		all.work.broken |= writer.work.broken;
		all.work.failed = writer.work.errors || writer.work.broken ? writer.work.failed : all.work.failed;
		all.ns += writer.ns;
		if (writer.work.broken || arena_fresh(&r->arena))
			break;
	}
	if (!r->device)
		work_lines(r, &all);
	else if (r->looks.looked && r->looks.found * 10 < r->looks.looked * 9)
		line("fact\tusers of %s\tonly %" PRIu64 " of %" PRIu64 " looks found what the operation needs", op->name,
		     r->looks.found, r->looks.looked);
}

static void run_operation(struct run *r, const struct operation *op)
{
	const char *why = op->first == SMALL ? NULL : r->suite->no_thp;
	int err = 0;

	if (!why)
		err = arena_fresh(&r->arena);
	if (!why && !err && op->missing)
		why = op->missing(&r->arena);
	if (!why && r->device && !(r->device->hello.level_bits >> op->level & 1))
		why = "the module does not read this level";
	if (err) {
		complain(r, op, "no memory", err);
		why = "there is no memory for it";
	}
	if (why) {
		skip_line(op, why);
		return;
	}
	arena_fresh(&r->arena);
	if (r->device && r->suite->time_ns)
		under_module(r, op);
	if (r->suite->users && r->suite->user_ns && !interrupted && !arena_fresh(&r->arena))
		under_users(r, op);
}

/* ---- all ---- */

/* For whoever waits: how many operations, and the seconds that all takes if nothing is skipped. */
static void plan(const struct run *r)
{
	const struct suite *s = r->suite;
	uint64_t n = 0, users = 0, ns = r->device ? s->race_ns * NR_LIVE_READERS * NR_LIVE_WRITERS : 0;
	unsigned i;

	for (i = 0; user_readers[i].name; i++)
		users += s->users >> i & 1;
	for (i = 0; operations[i].name; i++)
		n += s->operations >> i & 1;
	ns += n * ((r->device ? s->time_ns : 0) + users * s->user_ns);
	line("fact\tplan\t%" PRIu64 " %" PRIu64, n, ns / (1000 * NS_PER_MS));
}

static void facts(const struct run *r)
{
	char text[256], clean[256];
	struct utsname u;

	if (!uname(&u)) {
		line("fact\tkernel\t%s %s", u.release, u.version);
		line("fact\tmachine\t%s", u.machine);
	}
	if (!file_field("/proc/cpuinfo", "model name", text, sizeof(text)))
		line("fact\tcpu\t%s", line_text(clean, sizeof(clean), text));
	line("fact\tmemory\t%lu", (unsigned long)(sysconf(_SC_PHYS_PAGES) / 256));
	if (r->frames)
		line("fact\tram-end\t%" PRIx64, r->frames * PAGE);
	line("fact\tversion\tABI %u, %u-bit driver", LIVE_ABI, (unsigned)(8 * sizeof(void *)));
	line("fact\tseed\t%" PRIu64, r->suite->seed);
	if (r->suite->cpu[0] == r->suite->cpu[1])
		line("fact\tcpus\tone, %d: what reads and what operates take turns, and meet in system calls only",
		     r->suite->cpu[0]);
	else
		line("fact\tcpus\toperations on %d, readers on %d", r->suite->cpu[0], r->suite->cpu[1]);
}

static int calibrate(struct run *r)
{
	struct live_race how = { .ms = (uint32_t)(r->suite->race_ns / NS_PER_MS), .gap = r->suite->gap,
				 .seed = r->suite->seed };
	int different, err = 0;

	watch_expect(r->watch, 60000 * NS_PER_MS);
	different = device_layouts(r->device);
	if (different < 0)
		return usage_error("LAYOUT of \"%s\": %s", r->device->hello.layout, strerror(-different));
	r->failed |= different > 0;
	if (!how.ms)
		return 0;
	if (r->suite->cpu[0] == r->suite->cpu[1]) {
		line("fact\tcalibration\tnone: one CPU");
		return 0;
	}
	watch_expect(r->watch, r->suite->race_ns * NR_LIVE_READERS * NR_LIVE_WRITERS);
	err = device_races(r->device, &how, r->suite->cpu);
	if (err) {
		fprintf(stderr, "tornlive: RACE: %s\n", strerror(-err));
		r->missed = true;
	}
	return 0;
}

static int plant(struct run *r)
{
	unsigned k;
	int err;

	for (k = 0; r->device && k < NR_LIVE_PROBES; k++) {
		struct live_probe p = r->suite->probe[k];

		err = p.symbol[0] ? r->device->call(r->device, LIVE_PROBE, &p) : 0;
		if (err)
			return usage_error("PROBE at %s+0x%" PRIx64 ": %s", p.symbol, (uint64_t)p.offset, strerror(-err));
	}
	return 0;
}

/* And says what the probes found while the operation ran. */
static void pull(struct run *r, const struct operation *o)
{
	static const char *const kinds[NR_LIVE_PROBES] = { [LIVE_PROBE_DELAY] = "delay", [LIVE_PROBE_PAGE] = "page" };
	unsigned k;

	for (k = 0; r->device && k < NR_LIVE_PROBES; k++) {
		struct live_probe p = { .kind = k };

		if (!r->suite->probe[k].symbol[0] || r->device->call(r->device, LIVE_PROBE, &p))
			continue;
		line("probe\t%s\t%s\t%s+0x%" PRIx64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIx64 "\t%" PRIx64, o->name, kinds[k],
		     p.symbol, (uint64_t)p.offset, (uint64_t)p.hits, (uint64_t)p.wrong, (uint64_t)p.example, (uint64_t)p.frame);
		r->failed |= p.wrong > 0;
	}
}

/* Ones: what is taken for a struct page there is the tail of a folio at address 0. */
static int fill(uint64_t mib)
{
	uint32_t *p;

	if (!mib)
		return 0;
	p = mmap(NULL, (size_t)mib << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return usage_error("--fill: %" PRIu64 " MiB: %s", mib, strerror(errno));
	for (size_t i = 0; i < (size_t)(mib << 18); i++)
		p[i] = 1;
	return 0;
}

static int run_all(struct run *r)
{
	unsigned i;

	if (fill(r->suite->fill_mib))
		return EXIT_USAGE;
	for (i = 0; operations[i].name && !interrupted; i++) {
		if (!(r->suite->operations >> i & 1))
			continue;
		if (plant(r))
			return EXIT_USAGE;
		run_operation(r, &operations[i]);
		pull(r, &operations[i]);
	}
	if (r->failed)
		return EXIT_FAIL;
	return r->missed || interrupted || lines_lost() ? EXIT_INCONCLUSIVE : EXIT_PASS;
}

static int run_mapped(struct run *r)
{
	struct live_register reg = { .pid = getpid(), .start = (uintptr_t)r->arena.base };
	int err;

	plan(r);
	facts(r);
	if (!r->device)
		return run_all(r);
	reg.end = reg.start + r->arena.length;
	err = r->device->call(r->device, LIVE_REGISTER, &reg);
	if (err)
		return usage_error("REGISTER: %s", strerror(-err));
	err = calibrate(r);
	return err ? err : run_all(r);
}

int suite_run(const struct suite *s, struct device *d, struct watch *w)
{
	static struct run r;
	int err, code;

	r = (struct run){ .suite = s, .device = d, .watch = w, .frames = ram_end() / PAGE };
	err = looks_open(&r.looks);
	if (err)
		return usage_error("/proc/self/pagemap: %s", strerror(-err));
	err = arena_map(&r.arena);
	if (err)
		code = usage_error("no place for %u MiB of memory: %s", (unsigned)(r.arena.length >> 20), strerror(-err));
	else
		code = run_mapped(&r);
	arena_unmap(&r.arena);
	close(r.looks.pagemap);
	return code;
}
