/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The driver of src/live without its module: a fake answers the ioctls, so what is tested is what
 * the driver asks and what it makes of the answers; never what a kernel does.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/usage.h"
#include "live/driver/arena.h"
#include "live/driver/device.h"
#include "live/driver/lines.h"
#include "live/driver/looks.h"
#include "live/driver/operations.h"
#include "live/driver/suite.h"
#include "live/driver/thp.h"
#include "live/driver/users.h"
#include "live/driver/watch.h"
#include "protocol/layout_pae.h"

enum { NS_PER_MS = 1000000, VALUES = 70 };

/* ---- the lines ---- */

static char path[] = "/tmp/t_live.XXXXXX";
static char said[1 << 20];

static const char *lines(void)
{
	FILE *f = fopen(path, "r");
	size_t n = fread(said, 1, sizeof(said) - 1, f);

	said[n] = '\0';
	fclose(f);
	assert_int_equal(truncate(path, 0), 0);
	return said;
}

static unsigned count(const char *in, const char *what)
{
	unsigned n = 0;

	for (; (in = strstr(in, what)); in++)
		n++;
	return n;
}

/* ---- the fake ---- */

static struct fake {
	unsigned abi, readers, wrong_layouts, wrong_pages;
	bool reading;
	struct live_start start;
	unsigned asked_layouts, starts;
	struct live_probe planted;
} fake;

static uint32_t says(const struct live_layout *q)
{
	entry_t e = entry((uint32_t)q->value, (uint32_t)(q->value >> 32));

	return (pae_none(q->level == LIVE_PMD ? LEVEL_PMD : LEVEL_PTE, e) ? LIVE_NONE : 0) |
	       (pae_present(e) ? LIVE_PRESENT : 0) | (pae_valid(e) ? LIVE_VALID : 0) | (pae_leaf(e) ? LIVE_LEAF : 0) |
	       (pae_trans_huge(e) ? LIVE_TRANS_HUGE : 0) | (pae_bad(e) ? LIVE_BAD : 0) | (pae_write(e) ? LIVE_WRITE : 0) |
	       (pae_dirty(e) ? LIVE_DIRTY : 0) | (pae_young(e) ? LIVE_YOUNG : 0);
}

static int fake_hello(struct live_hello *h)
{
	*h = (struct live_hello){ .abi = fake.abi, .readers = fake.readers, .writers = 3, .level_bits = 3, .words = 2,
				  .cpus = 2, .layout = "pae", .kernel_reader = { "pmdp_get_lockless", "" } };
	return 0;
}

static int fake_race(struct live_race *r)
{
	r->reads = 1000;
	r->rounds = 500;
	r->ns = 9;
	r->kind[LIVE_WHOLE] = 990;
	r->kind[LIVE_MIXED] = 10;
	r->distinct[LIVE_MIXED] = 4;
	r->first_ns[LIVE_MIXED] = 77;
	r->example[LIVE_MIXED] = 0x000fffff3f4000e7;
	return 0;
}

static int fake_layout(struct live_layout *q)
{
	q->says = says(q);
	q->pfn = pae_pfn(entry((uint32_t)q->value, (uint32_t)(q->value >> 32)));
	if (fake.asked_layouts++ < fake.wrong_layouts)
		q->says ^= LIVE_YOUNG;
	return 0;
}

static int fake_start(const struct live_start *s)
{
	if (fake.reading)
		return -EBUSY;
	fake.reading = true;
	fake.starts++;
	fake.start = *s;
	return 0;
}

static int fake_values(struct live_values *v)
{
	struct live_value *to = (struct live_value *)(uintptr_t)v->to;
	unsigned n = v->reader == LIVE_READER_PLAIN ? VALUES : 1;

	if (fake.reading || !(fake.start.readers >> v->reader & 1))
		return -EINVAL;
	v->count = (struct live_count){ .reads = 11, .ns = 12, .sections = 13, .holes = 14, .detached = 15, .lost = 16,
					.values = n, .overflow = 17 };
	for (v->got = 0; v->got < v->room && v->first + v->got < n; v->got++)
		to[v->got] = (struct live_value){ .value = 0x3f400067 + v->first + v->got, .episodes = 2, .first_ns = 3,
						  .around = { { 0, 0x3f4000e7, 2 } }, .around_other = 1 };
	return 0;
}

static int fake_probe(struct live_probe *p)
{
	if (p->symbol[0]) {
		fake.planted = *p;
		return 0;
	}
	if (!fake.planted.symbol[0] || fake.planted.kind != p->kind)
		return -EINVAL;
	*p = fake.planted;
	p->hits = 5;
	p->wrong = fake.wrong_pages;
	p->example = p->wrong ? 0xf7c00004 : 0;
	p->frame = p->wrong ? 0xfff3f400 : 0;
	fake.planted.symbol[0] = '\0';
	return 0;
}

static int fake_call(struct device *d, unsigned long request, void *arg)
{
	(void)d;
	switch (request) {
	case LIVE_HELLO: return fake_hello(arg);
	case LIVE_RACE: return fake_race(arg);
	case LIVE_LAYOUT: return fake_layout(arg);
	case LIVE_START: return fake_start(arg);
	case LIVE_VALUES: return fake_values(arg);
	case LIVE_PROBE: return fake_probe(arg);
	case LIVE_STOP: fake.reading = false; return 0;
	case LIVE_REGISTER: return ((struct live_register *)arg)->pid == getpid() ? 0 : -EPERM;
	default: return -ENOTTY;
	}
}

static struct device device(void)
{
	fake = (struct fake){ .abi = LIVE_ABI, .readers = (1u << NR_LIVE_READERS) - 1 };
	return (struct device){ .fd = -1, .call = fake_call };
}

/* ---- the module's answers ---- */

static void another_abi_is_refused(void **state)
{
	struct device d = device();
	char hello[64];

	(void)state;
	assert_int_equal(device_hello(&d), 0);
	snprintf(hello, sizeof(hello), "hello\t%u\t2\tpae\t2\tpmdp_get_lockless\t-\n", LIVE_ABI);
	assert_string_equal(lines(), hello);
	fake.abi = LIVE_ABI + 1;
	assert_int_equal(device_hello(&d), EXIT_USAGE);
	assert_string_equal(lines(), "");
}

static void races_are_lines(void **state)
{
	static const int cpus[2] = { 0, 1 };
	struct live_race how = { .ms = 1 };
	struct device d = device();
	const char *l;

	(void)state;
	device_hello(&d);
	lines();
	assert_int_equal(device_races(&d, &how, cpus), 0);
	l = lines();
	assert_int_equal(count(l, "race\t"), NR_LIVE_READERS * 2);
	assert_non_null(strstr(l, "race\thigh-low\tset-clear\t1000\t500\t9\t0\twhole=990/0/0/0000000000000000\t"
				  "zero=0/0/0/0000000000000000\thigh-only=0/0/0/0000000000000000\t"
				  "low-only=0/0/0/0000000000000000\tmixed=10/4/77/000fffff3f4000e7\n"));
}

static void layouts_are_compared(void **state)
{
	struct device d = device();
	unsigned checked, different;

	(void)state;
	device_hello(&d);
	lines();
	assert_int_equal(device_layouts(&d), 0);
	assert_int_equal(sscanf(lines(), "layout\t%u\t%u\n", &checked, &different), 2);
	assert_int_equal(checked, fake.asked_layouts);
	assert_true(checked > 5000);
	assert_int_equal(different, 0);
	fake.asked_layouts = 0;
	fake.wrong_layouts = 3;
	assert_int_equal(device_layouts(&d), 3);
	assert_int_equal(sscanf(lines(), "layout\t%u\t%u\n", &checked, &different), 2);
	assert_int_equal(different, 3);
}

/* ---- the suite ---- */

static struct suite suite_of(unsigned operation)
{
	return (struct suite){ .time_ns = 50 * NS_PER_MS, .batch = 10, .seed = 1, .module = true,
			       .operations = 1ull << operation, .cpu = { 0, 1 } };
}

static unsigned operation_named(const char *name)
{
	unsigned i;

	for (i = 0; strcmp(operations[i].name, name); i++)
		;
	return i;
}

static void an_operation_is_read(void **state)
{
	static const struct { const char *name, *level; unsigned readers; } all[] = {
		{ "zap", "pmd", NR_LIVE_READERS }, { "ptezap", "pte", NR_LIVE_READERS - 1 },	/* no kernel's own */
	};
	struct watch w = { 0 };
	char text[64];
	unsigned i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct suite s = suite_of(operation_named(all[i].name));
		struct device d = device();
		const char *l;

		device_hello(&d);
		lines();
		assert_int_equal(suite_run(&s, &d, &w), EXIT_PASS);
		l = lines();
		assert_int_equal(fake.starts, 1);
		assert_false(fake.reading);
		assert_int_equal(count(l, "read\t"), all[i].readers);
		snprintf(text, sizeof(text), "value\t%s\t%s\tplain\t", all[i].level, all[i].name);
		assert_int_equal(count(l, text), VALUES);
		snprintf(text, sizeof(text), "end\t%s\t%s\t", all[i].level, all[i].name);
		assert_non_null(strstr(l, text));
		assert_true(strstr(l, "begin\t") < strstr(l, "read\t") && strstr(l, "read\t") < strstr(l, "frames\t") &&
			    strstr(l, "frames\t") < strstr(l, "\nend\t"));
		assert_true(fake.start.slot[0] % HUGE == 0 && fake.start.nslots == (i ? SMALL_SLOTS : REGIONS));
	}
	assert_non_null(strstr(said, "value\tpte\tptezap\tplain\t000000003f4000ac\t2\t3\t1\t0000000000000000/000000003f4000e7/2\n"));
	assert_non_null(strstr(said, "read\tpte\tptezap\tplain\t11\t12\t13\t14\t15\t16\t70\t17\n"));
}

/* A struct page of no memory is a failure; none is none. */
static void probes_are_lines(void **state)
{
	static const char *const expected[] = { "probe\tptezap\tpage\ttry_grab_folio+0x0\t5\t0\t0\t0\n",
					    "probe\tptezap\tpage\ttry_grab_folio+0x0\t5\t1\tf7c00004\tfff3f400\n" };
	struct suite s = suite_of(operation_named("ptezap"));
	struct watch w = { 0 };
	unsigned wrong;

	(void)state;
	s.probe[LIVE_PROBE_PAGE] = (struct live_probe){ .kind = LIVE_PROBE_PAGE, .symbol = "try_grab_folio" };
	for (wrong = 0; wrong < 2; wrong++) {
		struct device d = device();

		fake.wrong_pages = wrong;
		device_hello(&d);
		assert_int_equal(suite_run(&s, &d, &w), wrong ? EXIT_FAIL : EXIT_PASS);
		assert_non_null(strstr(lines(), expected[wrong]));
		assert_int_equal(fake.planted.symbol[0], '\0');
	}
}

/* The twin of every frames line that is well: the process has been denied huge pages. */
static void what_is_not_huge_is_said(void **state)
{
	struct suite s = suite_of(operation_named("zap"));
	struct device d = device();
	struct watch w = { 0 };
	char err[] = "/tmp/t_live.err.XXXXXX", text[512] = "";
	int fd = mkstemp(err), before = dup(STDERR_FILENO);
	const char *frames;
	unsigned found = 9, looked = 9;

	(void)state;
	device_hello(&d);
	dup2(fd, STDERR_FILENO);
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	assert_int_equal(suite_run(&s, &d, &w), EXIT_PASS);
	prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
	dup2(before, STDERR_FILENO);
	assert_true(pread(fd, text, sizeof(text) - 1, 0) > 0);
	unlink(err);
	frames = strstr(lines(), "frames\tpmd\tzap\t");
	assert_non_null(frames);
	assert_int_equal(sscanf(frames, "frames\tpmd\tzap\t%u\t%u\nend\t", &found, &looked), 2);
	assert_int_equal(found, 0);
	assert_non_null(strstr(text, looked ? "only 0 of" : "frame numbers are hidden"));
}

static void one_cpu_shows_nothing(void **state)
{
	struct suite s = suite_of(operation_named("ptezap"));
	struct device d = device();
	struct watch w = { 0 };

	(void)state;
	s.cpu[1] = s.cpu[0];
	device_hello(&d);
	assert_int_equal(suite_run(&s, &d, &w), EXIT_PASS);
	assert_non_null(strstr(lines(), "skip\tpte\tptezap\tone CPU"));
	assert_int_equal(fake.starts, 0);
}

/* ---- what is looked at ---- */

static void markers_know_their_place(void **state)
{
	struct arena a = { 0 };
	const uint32_t here = 1u << 31 | 1u << 27 | 73u << GENERATION_BITS;

	(void)state;
	a.generation[1] = 5;
	assert_true(marker_possible(&a, 1, 73, 0));
	assert_true(marker_possible(&a, 1, 73, here | 5));
	assert_true(marker_possible(&a, 1, 73, here | 1));
	assert_false(marker_possible(&a, 1, 73, here | 6));	/* not yet */
	assert_false(marker_possible(&a, 1, 74, here | 5));
	assert_false(marker_possible(&a, 0, 73, here | 5));
	assert_false(marker_possible(&a, 1, 73, 5));
	a.generation[1] = 3 << GENERATION_BITS | 2;
	assert_true(marker_possible(&a, 1, 73, here | ((1u << GENERATION_BITS) - 1)));
	assert_false(marker_possible(&a, 1, 73, here | 3));
}

/* The kernel's own readers say bad where bad is: of a page whose marker is another's. */
static void a_wrong_marker_is_bad(void **state)
{
	const struct user_reader *gup = &user_readers[2];
	struct user u = { .regions = 1, .first = SMALL, .random = 7 };
	struct arena a = { 0 };
	unsigned k;

	(void)state;
	assert_string_equal(gup->name, "gup");
	assert_int_equal(arena_map(&a), 0);
	u.arena = &a;
	for (k = 0; k < SMALL_SLOTS; k++)
		mark(&a, SMALL, k, arena_next(&a, SMALL));
	assert_int_equal(user_open(&u, gup), 0);
	for (k = 0; k < 20; k++)
		user_walk(&u, gup);
	assert_int_equal(u.bad, 0);
	for (k = 0; k < SMALL_SLOTS; k++)
		memcpy(region(&a, SMALL) + k * PAGE, region(&a, SMALL) + (k + 1) % SMALL_SLOTS * PAGE, 4);
	memcpy(region(&a, SMALL), region(&a, SMALL) + PAGE, 4);
	for (k = 0; k < 20; k++)
		user_walk(&u, gup);
	assert_true(u.bad > 0);
	assert_non_null(strstr(u.witness, "never written"));
	assert_int_equal(u.walks, 40);
	user_close(&u);
	arena_unmap(&a);
}

/* What is split in place has its frames in a row still: only the count of pmds tells. */
static void a_split_page_is_not_huge(void **state)
{
	static struct looks l;
	struct arena a = { 0 };

	(void)state;
	if (thp_set())
		skip();
	assert_int_equal(arena_map(&a), 0);
	assert_int_equal(looks_open(&l), 0);
	mark(&a, 0, 0, arena_next(&a, 0));
	look_huge(&l, region(&a, 0), 1);
	if (l.hidden || !l.found) {	/* not root; no huge page was to be had */
		thp_restore();
		arena_unmap(&a);
		skip();
	}
	assert_int_equal(l.frames, 1);
	mprotect(region(&a, 0) + PAGE, PAGE, PROT_READ);
	look_huge(&l, region(&a, 0), 1);
	assert_int_equal(l.found, 1);
	looks_clear(&l);
	mark(&a, SMALL, 0, arena_next(&a, SMALL));
	look_huge(&l, region(&a, SMALL), 0);
	assert_true(l.looked == 1 && !l.found && !l.frames);
	look_small(&l, region(&a, SMALL));
	assert_true(l.looked == 2 && l.found == 1 && l.frames == 1);
	thp_restore();
	arena_unmap(&a);
	lines();
}

/* ---- the other process ---- */

static int ends_well(void *arg, struct watch *w)
{
	(void)arg;
	(void)w;
	return EXIT_INCONCLUSIVE;
}

static int crashes(void *arg, struct watch *w)
{
	(void)arg;
	(void)w;
	line("begin\tpmd\tzap\t1");
	__atomic_store_n((uint32_t *)0x1000, 1, __ATOMIC_RELAXED);
	return EXIT_PASS;
}

static unsigned restored;
static void restore(void) { restored++; }

static void a_crash_is_said(void **state)
{
	const char *l;

	(void)state;
	assert_int_equal(watch(ends_well, NULL, restore), EXIT_INCONCLUSIVE);
	lines();
	assert_int_equal(watch(crashes, NULL, restore), EXIT_FAIL);
	l = lines();
	assert_non_null(strstr(l, "log\ttornlive: signal 11 (code 1) at address 0x1000"));
	assert_non_null(strstr(l, "killed by signal 11"));
	assert_int_equal(restored, 2);
}

static void trouble_is_known(void **state)
{
	(void)state;
	assert_true(log_is_trouble("mm/pgtable-generic.c:50: bad pmd 3f4000e7"));
	assert_true(log_is_trouble("BUG: Bad page state in process tornlive  pfn:3f400"));
	assert_true(log_is_trouble("BUG: Bad rss-counter state mm:(ptrval) type:MM_ANONPAGES val:512"));
	assert_true(log_is_trouble("WARNING: CPU: 1 PID: 99 at mm/gup.c:71 try_grab_folio+0x1a/0x100"));
	assert_true(log_is_trouble("Unable to handle kernel paging request at virtual address ffe00000"));
	assert_true(log_is_trouble("BUG: unable to handle page fault for address: f7a00000"));
	assert_false(log_is_trouble("tornlive: loading out-of-tree module taints kernel."));
	assert_false(log_is_trouble("DEBUG: badminton"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_abi_is_refused), cmocka_unit_test(races_are_lines),
		cmocka_unit_test(layouts_are_compared), cmocka_unit_test(an_operation_is_read),
		cmocka_unit_test(what_is_not_huge_is_said), cmocka_unit_test(probes_are_lines),
		cmocka_unit_test(one_cpu_shows_nothing), cmocka_unit_test(markers_know_their_place),
		cmocka_unit_test(a_wrong_marker_is_bad), cmocka_unit_test(a_split_page_is_not_huge),
		cmocka_unit_test(a_crash_is_said), cmocka_unit_test(trouble_is_known),
	};
	int fd = mkstemp(path), failed;

	if (fd < 0 || lines_open(path))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	close(fd);
	unlink(path);
	return failed;
}
